/* A team of threads that lasts for the whole run. Threads without work spin for a short while, then sleep.
 * They run with subnormals flushed (see lng_flush_subnormals). */
#ifndef LNG_BASE_TEAM_H
#define LNG_BASE_TEAM_H

typedef struct lng_team lng_team;

#define LNG_MAX_THREADS 1024 /* that a user may request */

lng_team *lng_team_new(int threads); /* threads >= 1; NULL if the system refuses */
void lng_team_free(lng_team *);
int lng_team_size(const lng_team *);
/* Runs work(context, part) once for each part, of which there are as many as threads: part 0 on the caller's thread, the others on any, one
 * after the other if need be, so that no part may wait for another. Returns when all are done. */
void lng_team_run(lng_team *, void (*work)(void *context, int part), void *context);

int lng_cores(void); /* cores that this process may run on */

/* Makes this thread flush subnormal results and operands to zero; returns the old state for lng_flush_restore. */
unsigned lng_flush_subnormals(void);
void lng_flush_restore(unsigned);

#endif
