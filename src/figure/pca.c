/* Principal components (Hotelling, Journal of Educational Psychology 24, 1933): subspace iteration, then Jacobi's rotations in the subspace.
 *
 * V, an orthonormal basis of a few directions, becomes one of X' X V until the variances along it stay. More directions than are wanted make
 * this fast when the next variance is near. Sums are taken in a fixed order, in double, so the bits are always the same. */
#include "figure/inside.h"
#include <math.h>
#include <string.h>

#define BASIS  5
#define MOST   300   /* iterations */
#define STEADY 1e-10 /* change of a variance, as a part of all */
#define SWEEPS 30

typedef struct work {
    const double *x;
    int64_t count, size;
    double *v[BASIS], *xv[BASIS]; /* directions, and the rows' lengths along them */
} work;

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add(double *to, const double *x, double factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += factor * x[i];
}

static void center(double *x, int64_t count, int64_t size)
{
    for (int64_t k = 0; k < size; k++) {
        double sum = 0;
        for (int64_t i = 0; i < count; i++)
            sum += x[i * size + k];
        for (int64_t i = 0; i < count; i++)
            x[i * size + k] -= sum / (double)count;
    }
}

/* Gram and Schmidt's, twice, as once leaves too much where directions are near. A direction that the others span becomes 0. */
static void orthonormalize(const work *w)
{
    for (int b = 0; b < BASIS; b++) {
        const double before = sqrt(dot(w->v[b], w->v[b], w->size));
        for (int k = 0; k < 2 * b; k++)
            add(w->v[b], w->v[k % b], -dot(w->v[b], w->v[k % b], w->size), w->size);
        const double length = sqrt(dot(w->v[b], w->v[b], w->size));
        const double factor = length > 1e-12 * before && length > 0 ? 1 / length : 0;
        for (int64_t k = 0; k < w->size; k++)
            w->v[b][k] *= factor;
    }
}

static void project(const work *w)
{
    for (int b = 0; b < BASIS; b++)
        for (int64_t i = 0; i < w->count; i++)
            w->xv[b][i] = dot(w->x + i * w->size, w->v[b], w->size);
}

static void iterate(const work *w, double all)
{
    double last[BASIS] = {0};
    for (int step = 0; step < MOST; step++) {
        double change = 0;
        orthonormalize(w);
        project(w);
        for (int b = 0; b < BASIS; b++) {
            const double variance = dot(w->xv[b], w->xv[b], w->count);
            change = fmax(change, fabs(variance - last[b]));
            last[b] = variance;
        }
        if (change <= STEADY * all)
            return;
        for (int b = 0; b < BASIS; b++) {
            memset(w->v[b], 0, (size_t)w->size * sizeof *w->v[b]);
            for (int64_t i = 0; i < w->count; i++)
                add(w->v[b], w->x + i * w->size, w->xv[b][i], w->size);
        }
    }
    orthonormalize(w);
    project(w);
}

/* Diagonalizes a symmetric matrix: the eigenvalues are on its diagonal, the eigenvectors are the columns of r. */
static void jacobi(double m[BASIS][BASIS], double r[BASIS][BASIS])
{
    for (int i = 0; i < BASIS; i++)
        for (int k = 0; k < BASIS; k++)
            r[i][k] = i == k;
    for (int pair = 0; pair < SWEEPS * BASIS * BASIS; pair++) {
        const int p = pair / BASIS % BASIS, q = pair % BASIS;
        if (p >= q || m[p][q] == 0)
            continue;
        const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
        const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
        for (int k = 0; k < BASIS; k++) {
            const double a = m[k][p], b = m[k][q], u = r[k][p], v = r[k][q];
            m[k][p] = c * a - s * b, m[k][q] = s * a + c * b;
            r[k][p] = c * u - s * v, r[k][q] = s * u + c * v;
        }
        for (int k = 0; k < BASIS; k++) {
            const double a = m[p][k], b = m[q][k];
            m[p][k] = c * a - s * b, m[q][k] = s * a + c * b;
        }
    }
}

/* The direction whose largest number is positive, of the two that an axis has. */
static double sign_of(const work *w, double r[BASIS][BASIS], int axis)
{
    double most = 0;
    for (int64_t k = 0; k < w->size; k++) {
        double x = 0;
        for (int b = 0; b < BASIS; b++)
            x += w->v[b][k] * r[b][axis];
        most = fabs(x) > fabs(most) ? x : most;
    }
    return most < 0 ? -1 : 1;
}

static void put_axis(const work *w, double r[BASIS][BASIS], int axis, double *at)
{
    const double sign = sign_of(w, r, axis);
    for (int64_t i = 0; i < w->count; i++) {
        double x = 0;
        for (int b = 0; b < BASIS; b++)
            x += w->xv[b][i] * r[b][axis];
        at[i * LNG_PCA_AXES] = sign * x;
    }
}

/* Numbers that have no pattern, from -1 to 1. */
static void start(const work *w)
{
    uint64_t state = 1;
    for (int b = 0; b < BASIS; b++)
        for (int64_t k = 0; k < w->size; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            w->v[b][k] = (double)(state >> 40) / (double)(1 << 23) - 1;
        }
}

void lng_pca(lng_arena *a, double *x, int64_t count, int64_t size, double *at, double part[LNG_PCA_AXES])
{
    work w = {.x = x, .count = count, .size = size};
    double m[BASIS][BASIS], r[BASIS][BASIS];
    for (int b = 0; b < BASIS; b++) {
        w.v[b] = LNG_NEW_N(a, (size_t)size, double);
        w.xv[b] = LNG_NEW_N(a, (size_t)count, double);
    }
    center(x, count, size);
    const double all = dot(x, x, count * size);
    start(&w);
    iterate(&w, all);
    for (int i = 0; i < BASIS; i++)
        for (int k = 0; k < BASIS; k++)
            m[i][k] = dot(w.xv[i], w.xv[k], count);
    jacobi(m, r);
    for (int axis = 0; axis < LNG_PCA_AXES; axis++) {
        int best = 0;
        for (int b = 1; b < BASIS; b++)
            best = m[b][b] > m[best][best] ? b : best;
        part[axis] = all > 0 ? m[best][best] / all : 0;
        put_axis(&w, r, best, at + axis);
        m[best][best] = -1;
    }
}
