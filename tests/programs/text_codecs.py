# Bytes as texts and back, and what is said of those that cannot be.
for data in (b'abc', b'\xc3\xa9', b'\xff', b'a\xc3', b'\xe2\x82', b'\xe2\x28\xa1', b'\xf0\x9f\x98\x80', b'\xed\xa0\x80', b'\xc0\x80', b'\xf5\x80', b'ab\xe9cd', b'\xf0\x90\x28\xbc'):
    for enc in ('utf-8', 'ascii', 'latin-1', 'UTF8', 'iso_8859_1'):
        for err in ('strict', 'ignore', 'replace', 'backslashreplace'):
            try: print(data, enc, err, ascii(data.decode(enc, err)))
            except UnicodeDecodeError as e: print(data, enc, err, e, e.encoding, e.start, e.end, e.reason, e.object)
for text in ('abc', 'é', 'a€b', 'éé€x', '\U0001f600'):
    for enc in ('utf-8', 'ascii', 'latin-1'):
        for err in ('strict', 'ignore', 'replace', 'backslashreplace', 'xmlcharrefreplace'):
            try: print(ascii(text), enc, err, text.encode(enc, errors=err))
            except UnicodeEncodeError as e: print(ascii(text), enc, err, e, e.start, e.end, ascii(e.object))
for f in (lambda: b'a'.decode('nope'), lambda: 'a'.encode('nope'), lambda: str(b'\xe9', 'latin-1'), lambda: str(b'a', encoding='ascii', errors='strict'), lambda: bytes('é', 'latin-1'), lambda: bytes('é', encoding='ascii', errors='replace'), lambda: bytearray('é', 'utf-8'), lambda: bytes('a'), lambda: str(b'\xff', 'utf-8'), lambda: repr(UnicodeDecodeError('x', b'ab', 0, 2, 'why')), lambda: str(UnicodeDecodeError('x', b'ab', 0, 2, 'why'))):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(isinstance(UnicodeDecodeError('x', b'ab', 0, 2, 'why'), ValueError))
print("{a} {b[0]}".format_map({"a": 1, "b": [2]}), float("1_0.5_0"), [float("nan") != float("nan")])
for text in ("1__0", "_1", "1_", "1_.5", "1._5", "1e_5"):
    try:
        float(text)
    except ValueError as error:
        print(error)
# SPDX-License-Identifier: MIT
