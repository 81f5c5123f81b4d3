; SPDX-License-Identifier: MIT
; Errors as scripts see them.
(print (try (error 'oops) (cons 'caught error)))
(print (try (car 5) error))
(print (try (nothing-like-it) error))
(print (try (if) error))
(print (try ((lambda (x) x)) error))
(print (try ((lambda (x) x) 1 2) error))
(print "and it goes on:" (+ 1 1))
