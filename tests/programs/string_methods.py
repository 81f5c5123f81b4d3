# The methods of strings.
text = "  The quick brown Fox, jumps over the lazy dog  "
print(repr(text.strip()), repr(text.lstrip()), repr(text.rstrip()), "xxaxx".strip("x"), "abcba".lstrip("ab"), "a--".rstrip("-"))
print(text.split(), "a,b,,c".split(","), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","), " a  b ".split(" "))
print("one\ntwo\r\nthree".splitlines(), "one\ntwo\n".splitlines(True), "a b".partition(" "), "ab".partition(" "), "a b c".rpartition(" "))
print(text.upper(), text.lower(), "hello world".title(), "hELLO".capitalize(), "Ab".swapcase(), "HELLO".casefold())
print("abcabc".find("c"), "abcabc".rfind("c"), "abc".find("x"), "abcabc".find("c", 3), "abc".find(""), "abcabc".count("bc"), "aaaa".count("aa"), "abc".count(""))
print("hello".startswith("he"), "hello".startswith(("x", "h")), "hello".endswith("lo"), "hello".startswith("l", 2), "hello".endswith("l", 0, 4), "".startswith(""))
print("aXbXc".replace("X", "--"), "aaa".replace("a", "b", 2), "abc".replace("", "."), "abc".replace("x", "y"), "spam".removeprefix("sp"), "spam".removesuffix("am"))
print("-".join(["a", "b"]), "".join("abc"), ", ".join(map(str, range(3))), "x".join([]), " ".join(("one",)))
print("ab".ljust(5, "."), "ab".rjust(5), "ab".center(7, "*"), "abc".center(6, "-"), "42".zfill(5), "-42".zfill(5), "a\tb".expandtabs(4))
print("abc".isalpha(), "ab1".isalnum(), "123".isdigit(), " \t".isspace(), "Ab".isupper(), "AB".isupper(), "ab".islower(), "Ab Cd".istitle(), "a_1".isidentifier(), "".isalpha())
print("hello"[1], "hello"[-1], "b" in "abc", "" in "abc", "abc" < "abd", "Z" < "a", "a" * 3, "abc" "def", "a" "b" * 2)
print(repr("it's"), repr('say "hi"'), repr("it's \"both\""), repr("tab\t nl\n bs\\ nul\0 é \x7f"), ascii("é€😀"))
print("\x41\u00e9\U0001F600\101\n".encode(), len("é😀"), "é😀"[1], list("aé"), "é".encode("utf-8"), b"\xc3\xa9".decode())
print(r"raw\n", "con" 'cat', """triple
quoted""", 'a\
b', f"{'nested'!r}")
print("%s" % text.strip()[:3], "hello world foo".split(maxsplit=1), "a.b.c".rsplit(".", maxsplit=1), "x=1;y=2".split(";"))
print(sorted("hello"), "".join(sorted("hello", reverse=True)), "".join(reversed("abc")), max("hello"), min("hello"), set("aab") == {"a", "b"})
print("hello".index("l"), "abc".__len__(), "a".__add__("b"), "abc".__contains__("b"), "abc".__getitem__(0), str(b"x", "ascii"), str(12), str(None), str([1, "a"]))
for attempt in ("'abc'.index('x')", "'a' + 1", "'a'[5]", "'abc'.join([1])", "'a'.split('')", "'a' - 'b'", "'a' < 1", "int('x')",
                "'abc'.foo", "'a'.center('x')", "'ab'.center(5, 'xy')", "ord('ab')", "chr(-1)", "'a' in 5", "1 in 'a'"):
    try:
        print(attempt, eval(attempt))
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        print(f"{attempt}: {type(error).__name__}: {error}")
# SPDX-License-Identifier: MIT
