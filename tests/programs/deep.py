l = []
for i in range(1000000):
    l = [l]
print("built")
del l
print("dropped")
class N:
    def __init__(self, n): self.n = n
h = None
for i in range(1000000): h = N(h)
del h
print("dropped too")
# SPDX-License-Identifier: MIT
