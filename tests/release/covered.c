/* In a build that counts what runs (--enable-coverage), the linker puts these in the place of what ends a process without `exit`, which
 * saves the counts. */
#include <signal.h>
#include <unistd.h>

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
int __real_raise(int number);
_Noreturn void __wrap__exit(int status);
int __wrap_raise(int number);

void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

int __wrap_raise(int number)
{
    __gcov_dump();
    return __real_raise(number);
}
