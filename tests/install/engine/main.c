// SPDX-License-Identifier: MIT
int engine_works(void);

int main(void) {
    return engine_works() ? 0 : 1;
}
