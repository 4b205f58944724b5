/* Names that other frameworks give to what lngraph has: suggestions offer its name for theirs. Case and underscores do not count. */
#include "base/text.h"
#include <string.h>

static const char *const table[][2] = {
    /* layers */
    {"linear", "dense"},
    {"fc", "dense"},
    {"fullyconnected", "dense"},
    {"conv", "conv2d"},
    {"convolution", "conv2d"},
    {"maxpool", "maxpool2d"},
    {"maxpooling2d", "maxpool2d"},
    {"avgpool", "avgpool2d"},
    {"averagepooling2d", "avgpool2d"},
    {"bn", "batchnorm"},
    {"batchnormalization", "batchnorm"},
    {"ln", "layernorm"},
    {"layernormalization", "layernorm"},
    {"normalize", "layernorm"},
    {"multiheadattention", "attention"},
    {"selfattention", "attention"},
    {"lrn", "local_response_norm"},
    {"stochasticdepth", "drop_path"},
    {"crop", "center_crop"},
    {"scaleddotproductattention", "attend"},
    {"transformerencoderlayer", "transformer_encoder"},
    {"positionalencoding", "positional_encoding"},
    /* arrays */
    {"where", "select"},
    {"unsqueeze", "expand_dims"},
    {"repeatinterleave", "repeat_each"},
    {"permute", "transpose"},
    {"fliplr", "flip"},
    {"take", "gather"},
    {"indexselect", "gather"},
    {"bmm", "matmul"},
    {"range", "arange"},
    {"cat", "concat"},
    {"concatenate", "concat"},
    /* activations */
    {"swish", "silu"},
    {"logsoftmax", "log_softmax"},
    {"logsigmoid", "log_sigmoid"},
    /* functions */
    {"clamp", "clip"},
    {"amin", "min"},
    {"kthvalue", "sort"},
    {"trunc", "to_int"},
    {"product", "prod"},
    {"arctan", "atan"},
    /* losses */
    {"categoricalcrossentropy", "cross_entropy"},
    {"sparsecategoricalcrossentropy", "cross_entropy"},
    {"crossentropyloss", "softmax_cross_entropy"},
    {"crossentropylogits", "softmax_cross_entropy"},
    {"crossentropywithlogits", "softmax_cross_entropy"},
    {"nll", "cross_entropy"},
    {"nllloss", "cross_entropy"},
    {"bce", "binary_cross_entropy"},
    {"bceloss", "binary_cross_entropy"},
    {"bcewithlogitsloss", "sigmoid_cross_entropy"},
    {"mseloss", "mse"},
    {"meansquarederror", "mse"},
    {"l1loss", "mae"},
    {"meanabsoluteerror", "mae"},
    {"rootmeansquarederror", "rmse"},
    {"multimarginloss", "hinge"},
    {"pinball", "quantile"},
    {"poissonnllloss", "poisson"},
    {"kldiv", "kl_divergence"},
    {"kldivloss", "kl_divergence"},
    {"focalloss", "focal"},
    {"diceloss", "dice"},
    {"cosinesimilarity", "cosine_distance"},
    {"cosineembeddingloss", "cosine_distance"},
    {"tripletmarginloss", "triplet"},
    {"topkcategoricalaccuracy", "top_k_accuracy"},
    /* metrics */
    {"rocauc", "auc"},
    {"aucroc", "auc"},
    {"prauc", "average_precision"},
    {"averageprecisionscore", "average_precision"},
    {"f1score", "f1"},
    {"fscore", "f1"},
    {"sensitivity", "recall"},
    {"cohenkappa", "kappa"},
    {"mcc", "matthews"},
    {"matthewscorrcoef", "matthews"},
    {"brierscore", "brier"},
    {"ece", "calibration_error"},
    {"r2score", "r2"},
    {"spearmanr", "spearman"},
    /* initializers */
    {"xavieruniform", "glorot_uniform"},
    {"xaviernormal", "glorot_normal"},
    {"kaiminguniform", "he_uniform"},
    {"kaimingnormal", "he_normal"},
    {"truncnormal", "truncated_normal"},
    /* schedules */
    {"onecyclelr", "one_cycle"},
    {"multisteplr", "piecewise"},
    {"cosineannealingwarmrestarts", "cosine_restarts"},
    {"polynomiallr", "polynomial"},
    {"noam", "inverse_square_root"},
    /* attributes */
    {"features", "units"},
    {"outfeatures", "units"},
    {"outchannels", "filters"},
    {"channels", "filters"},
    {"kernelsize", "kernel"},
    {"poolsize", "size"},
    {"strides", "stride"},
    {"act", "activation"},
    {"usebias", "bias"},
    {"kernelinitializer", "init"},
    {"p", "rate"},
    {"learningrate", "lr"},
    {"beta1", "b1"},
    {"beta2", "b2"},
    {"epsilon", "eps"},
    {"weightdecay", "decay"},
    {"std", "deviation"},
    {"stddev", "deviation"},
    {"labelsmoothing", "smoothing"},
    {"posweight", "positive_weight"},
    {"alpha", "rho"},
    {"maxlr", "peak"},
    {"milestones", "at"},
    {"vocabulary", "count"},
    {"vocabularysize", "count"},
    {"vocabsize", "count"},
    {"numembeddings", "count"},
    {"numheads", "heads"},
    {"dimfeedforward", "hidden"},
    {"from", "start"},
    {"initial", "start"},
    {"to", "end"},
    /* keys */
    {"attributes", "with"},
    {"attrs", "with"},
    {"args", "with"},
    {"arguments", "with"},
    {"hyperparameters", "with"},
    {"hparams", "with"},
    {"weights", "params"},
    {"steps", "graph"},
    {"body", "graph"},
    {"forward", "graph"},
    {"description", "about"},
    {"path", "dir"},
    {"folder", "dir"},
    {"directory", "dir"},
    {"dataset", "source"},
    {"criterion", "loss"},
    {"objective", "loss"},
};

static char plain(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(const char *name, const char *entry)
{
    for (;; name++) {
        if (*name == '_')
            continue;
        if (plain(*name) != *entry)
            return false;
        if (*entry++ == '\0')
            return true;
    }
}

bool lng_is_synonym(const char *wrong, const char *right)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (same(wrong, table[i][0]) && strcmp(right, table[i][1]) == 0)
            return true;
    return false;
}
