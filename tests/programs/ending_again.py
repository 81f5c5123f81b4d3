# What finalizers make at the very end, when the builtin classes are being taken apart, is not run.
class Again:
    def __init__(self, n):
        self.n = n
        self.me = self

    def __del__(self):
        x = [1, 2, 3]
        x.clear()
        {1: 2}.copy()
        if self.n < 30:
            Again(self.n + 1)


Again(0)
print("end")
# SPDX-License-Identifier: MIT
