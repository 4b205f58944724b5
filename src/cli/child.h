/* Programs that are run beside this one, without a shell. */
#ifndef LNG_CLI_CHILD_H
#define LNG_CLI_CHILD_H
#include <stdbool.h>
#include <sys/types.h>

/* The exit status of a child that found no program, or could not start it. */
#define LNG_CHILD_NOT_THERE 127
#define LNG_CHILD_NOT_RUN   126

bool lng_child_pipe(int end[2]); /* whose ends no program inherits; false: both are -1 */
void lng_child_close(int *end);  /* of a pipe; it becomes -1, which stands for a closed one */
/* In the child: becomes the program of the arguments, which end with NULL, with these as its standard streams; -1: they stay as they are. */
_Noreturn void lng_child_become(const char *const *argument, int in, int out, int error);
int lng_child_wait(pid_t *);  /* its status, as waitpid gives it; 0 when it is gone, as is: */
void lng_child_kill(pid_t *); /* if there is one */

#endif
