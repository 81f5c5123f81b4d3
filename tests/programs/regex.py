# Regular expressions.
import re
print(re.search(r"b+(c|d)*", "aabbcdcx"), re.findall(r"(\w+)=(\d+)", "a=1, bb=22"), re.sub(r"(\w)(\d)", r"\2\1", "a1 b2"))
print(re.split(r"\s*,\s*", "a , b,c"), re.match(r"(?P<x>a|ab)(c|bcd)(d*)$", "abcd").groupdict(), re.match(rb"\A\s*func=<f  at \S+>\s*\Z", b"func=<f  at 0x12>\n"))
print(re.fullmatch("a.*?b", "axxbxb"), re.search("(?i)HeLLo", "say hello"), re.findall("[^a-c\\d]+", "abcxyz12w"), re.findall(r"\bfoo\b", "foo foobar foo"))
print(re.search(r"(a+)+b", "aaaab").groups(), re.search(r"x{2,3}", "xxxx").span(), re.search(r"(?!a)\w", "ab"), re.escape("a.b*c"), re.search("a{,2}b", "aaab"))
print(re.sub("x*", "-", "abxd"), re.search(r"(a)|b", "b").groups(), re.findall("", "ab"), re.search("a{x", "a{x"))
