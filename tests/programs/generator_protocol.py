# send, throw, close, return values, yield from, and what generators refuse.
def averager():
    total, count, average = 0.0, 0, None
    while True:
        number = yield average
        if number is None:
            return total, count
        total += number
        count += 1
        average = total / count


average = averager()
print(next(average), [average.send(n) for n in (10, 20, 60)])
try:
    average.send(None)
except StopIteration as stop:
    print("returned", stop.value)


def collect(results):
    while True:
        results.append((yield from averager()))


results = []
driver = collect(results)
next(driver)
for group in ([1, 2, 3], [10]):
    for number in group:
        driver.send(number)
    driver.send(None)
print(results)


def stubborn():
    while True:
        try:
            yield "again"
        except GeneratorExit:
            yield "no"
        except ValueError as error:
            yield f"caught {error}"


generator = stubborn()
print(next(generator), generator.throw(ValueError("one")))
print(next(generator), generator.throw(ValueError("two")))
next(generator)
try:
    generator.close()
except RuntimeError as error:
    print("RuntimeError:", error)

unstarted = averager()
try:
    unstarted.send(1)
except TypeError as error:
    print("TypeError:", error)


def reentrant():
    yield next(me)


me = reentrant()
try:
    next(me)
except ValueError as error:
    print("ValueError:", error)


def leaks_stop():
    yield 1
    raise StopIteration("inside")


try:
    print(list(leaks_stop()))
except RuntimeError as error:
    print("RuntimeError:", error, "from", repr(error.__cause__))


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(list(tree(4)))


def primes():
    found = []
    candidate = 2
    while True:
        if all(candidate % prime for prime in found):
            found.append(candidate)
            yield candidate
        candidate += 1


def take(count, items):
    return [item for item, _ in zip(items, range(count))]


print(take(12, primes()), sum(p for p in take(50, primes())))
pairs = ((x, y) for x in range(4) for y in range(x) if (x + y) % 2)
print(list(pairs), list(pairs))


def scoped():
    with_exception = None
    try:
        yield 1
    except ZeroDivisionError as error:
        with_exception = repr(error)
    yield with_exception
    return


generator = scoped()
next(generator)
print(generator.throw(ZeroDivisionError("thrown")), next(generator, "done"))
# SPDX-License-Identifier: MIT
