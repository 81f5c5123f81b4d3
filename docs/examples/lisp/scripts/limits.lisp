; SPDX-License-Identifier: MIT
; The stack and the heap are full, and the script goes on.
(define deep (lambda (n) (+ 1 (deep n))))
(print (try (deep 1) error))
(define all (table))
(define fill (lambda (n) (begin (table-set! all n n) (fill (+ n 1)))))
(print (try (fill 1) error))
(set! all ())
(print "and it goes on:" (+ 1 1))
