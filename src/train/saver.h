/* Saves the checkpoints of a run while training goes on: the variables are copied between two steps, and a thread of its own writes the copy
 * to the disk. One is written at a time; when it is due and the one before is not done yet, it waits for the next step.
 *
 * In the run's folder, checkpoint.safetensors is the newest, checkpoint-1.safetensors the one before. At any moment one of them can be
 * read. */
#ifndef LNG_TRAIN_SAVER_H
#define LNG_TRAIN_SAVER_H
#include "train/checkpoint.h"

#define LNG_CHECKPOINT_FILE "checkpoint.safetensors"
/* The path of the checkpoint that is older by so many. */
const char *lng_checkpoint_path(lng_arena *, const char *folder, int64_t older);

/* What is to be in the folder before its first checkpoint; false: there will be none. */
typedef bool lng_before_saving(void *context);
/* The saver borrows all that it is given. NULL after an error. */
lng_saver *lng_saver_new(const lng_session *, const lng_data *, const char *folder, lng_before_saving *, void *context,
                         lng_errors *);
/* Between two steps; `ended`: with the epoch. Copies where training stands, if a checkpoint is due. false after an error, once for all that
 * keep checkpoints from being saved: training goes on, as the next one may be, and the last has its space. */
bool lng_saver_look(lng_saver *, const lng_standing *, const float *best, bool ended);
/* Copies where training stands at the end, for lng_saver_write. false after an error. */
bool lng_saver_last(lng_saver *, const lng_standing *, const float *best);
/* Writes the last copy. It becomes the newest checkpoint when the caller commits the file. */
bool lng_saver_write(lng_saver *, lng_file *);
/* Removes the older ones, when the newest is safe. */
bool lng_saver_forget(const lng_saver *, lng_arena *);
/* Waits for the thread. */
void lng_saver_free(lng_saver *);

#endif
