; SPDX-License-Identifier: MIT
; A hash table grows; symbols live as long as somebody uses them.
(define squares (table))
(define fill (lambda (n) (if (< 0 n) (begin (table-set! squares n (* n n)) (fill (- n 1))) ())))
(fill 40)
(print (table-get squares 1) (table-get squares 17) (table-get squares 40))
(print (table-get squares 41) (table-get squares "17"))
(table-set! squares "key" 'value)
(table-set! squares "key" (cons 1 squares))
(print (car (table-get squares "key")))
(define before (symbols))
(car '(a-symbol-that-nobody-keeps))
(print "new symbols:" (- (symbols) before))
