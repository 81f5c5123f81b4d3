# Bytes and bytearrays.
b = bytearray(b"abc"); b.append(100); b += b"xyz"; b[0] = 65; b[1:3] = b"--long--"; print(b, len(b), bytes(b), b[-1], b[2:5]); del b[::2]; print(b, b == bytes(b), b"x" in b)
b.extend([1,2]); b.insert(0, 3); print(b.pop(), b, bytearray(3), bytearray("é", "utf-8"))
print(b" a b ".strip(), b"a,b,c".split(b",", 1), b"a\nb\r\nc".splitlines(), b"-".join([b"a", bytearray(b"b")]), b"aXbX".replace(b"X", b"yy"), b"abcabc".rfind(b"c"), b"abc".find(99), b"ab".hex(), bytes.fromhex("0a ff"), bytearray.fromhex("01"), b"Ab".upper(), b"ab".partition(b"b"))
print(b"\xff\xfe".decode("latin-1"), b"abc".startswith((b"x", b"ab")), bytes(b"q") , bytes([1,2]), b"a"<b"b", b"abc".count(b"b"), list(bytearray(b"ab")))
try: b"a".strip("a")
except TypeError as e: print(e)
# SPDX-License-Identifier: MIT
