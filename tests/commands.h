/* Commands of every verb, that read every kind of data and write every kind of file, and the folder that they run in. */
#ifndef LNG_TESTS_COMMANDS_H
#define LNG_TESTS_COMMANDS_H
#include "world.h"

typedef struct act {
    const char *command;
    const char *changes; /* the beginnings of the paths that it changes, separated by spaces; NULL: nothing */
    int fails;           /* a status that it may have beside LNG_SYSTEM if a call fails; 0: none */
    bool tells;          /* its output tells which files cannot be read */
} act;
extern const act acts[];
extern const int act_count;

/* The folder, and programs in the folder beside it, in the search path, that the commands start. */
void acts_make(lng_arena *, const char *folder, const char *programs);
/* Whether the command may change that file. */
bool act_may_change(const act *, const char *path);
/* The names of decoded images follow from when the files were made: others each time. */
bool comes_again(const char *path);

#endif
