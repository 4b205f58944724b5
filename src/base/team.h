/* A team of threads for the whole run. The caller is thread 0; work is handed out by index and ends at a barrier.
 * Waiting threads spin for a short while, then sleep. Threads run with subnormals flushed (see lng_flush_subnormals). */
#ifndef LNG_BASE_TEAM_H
#define LNG_BASE_TEAM_H

typedef struct lng_team lng_team;

#define LNG_MAX_THREADS 1024 /* that a user may ask for */

lng_team *lng_team_new(int threads); /* threads >= 1; NULL when the system refuses */
void lng_team_free(lng_team *);
int lng_team_size(const lng_team *);
/* Runs work(context, thread) once on each thread, thread 0 being the caller; returns when all are done. */
void lng_team_run(lng_team *, void (*work)(void *context, int thread), void *context);
/* A barrier for the threads inside lng_team_run: all must call it. */
void lng_team_barrier(lng_team *, int thread);

int lng_cores(void); /* cores that this process may run on */

/* Flushes subnormal results and operands to zero on this thread; returns what lng_flush_restore takes. */
unsigned lng_flush_subnormals(void);
void lng_flush_restore(unsigned);

#endif
