/* The built-in data set: digits that look handwritten, drawn on every machine with the same bits.
 *
 * A digit has a few skeletons: strokes through points, joined by Catmull-Rom splines. To make an example,
 *   1. move every point of a skeleton a little,
 *   2. scale, slant, turn and shift it, and bend it by two slow waves,
 *   3. draw it with a round pen, soft at the edge, whose radius and pressure vary,
 *   4. add noise and specks.
 * All numbers are drawn by Philox from the example's index alone. Only + - * / of floats and integers are used, in a fixed order
 * and without contraction, so the bits cannot depend on the machine; distances stay squared, so that not even a square root is
 * needed. */
#include "config.h"
#include "base/random.h"
#include "base/text.h"
#include "data/format.h"
#include <stdatomic.h>
#include <string.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, VARIANTS = 4, MOST_POINTS = 16, STEPS = 5, AT_ONCE = 256 };

/* A point is two letters, x to the right and y down, from a = 0 to u = 20; capital letters make a corner. A slash lifts the pen. */
static const char *const skeleton[CLASSES][VARIANTS] = {
    {"ka fd dk fr ku pr rk pd ka", "nc ia ef dm gt lu qo qg mb hc", "ma ie gl it lu oo of ma", "hc eh eo it nt qo qf nb ib fd"},
    {"KA KU", "gf KA KU", "gf KA KU / fu pu", "la kk ju"},
    {"ef gb la pd ph kn EU RU", "ee ia oc oi jp ft eq iq mt rs", "fg jb od nj ip ET ks qu", "ed jb pc pi lm GS ru"},
    {"ed ja pd ni IK om qq lu es", "EA PA JI pl pr ju dr", "ee ka oe kj hj kk po mt es", "fc lb of JJ ok qp nt ht eq"},
    {"FA EL RL / OE NU", "NA DN RN / NA NU", "gb eh gl ll oi / ob ok mu", "LA EM QM / ni mu"},
    {"PA FA EJ ki pm os iu ds", "GB FI lh qm ns hu dr / GB QB", "pb ib ff ij nl oq ju es", "QA HB GI mi po lt et"},
    {"na hf em gs lu pq nm il fo", "ia fj fq ju os on jl fp", "pb jc fi eo iu os pn kk fn", "la gh fp ju nr mn in gq"},
    {"EB QB IU", "EB QB JU / HK OK", "EE FB QA mi ju", "dc jb QB nh kn ju"},
    {"od ja fe jj oo lu gs fo kj od", "ka gc gh kj oh oc ka / kj fm fs ku ps pm kj", "pc kb ge kj oo ks hp li oe pb",
     "gd ka nd lj gn gs lu pq mk he gb"},
    {"od ja fe hj mi OD ol mu", "of kb fd fi kk OF oo ku fs", "oe ka ge jj oe / pa ou", "pe lb gd gj lj pd NN ku"},
};

typedef struct point {
    float x, y;
} point;

/* The random numbers of one example, in the order in which they are drawn. */
typedef struct draws {
    lng_key key;
    uint32_t counter[4], word[4];
    int left;
} draws;

static uint32_t draw_word(draws *d)
{
    if (d->left == 0) {
        lng_philox(d->key, d->counter, d->word);
        d->counter[0]++;
        d->left = 4;
    }
    return d->word[4 - d->left--];
}

static float draw(draws *d, float low, float high)
{
    return low + (high - low) * ((float)(draw_word(d) >> 8) * 0x1p-24f);
}

/* Nearly normal, mean 0: the sum of four uniform numbers. */
static float draw_bell(draws *d, float deviation)
{
    float sum = -2;
    for (int i = 0; i < 4; i++)
        sum += draw(d, 0, 1);
    return sum * 1.7320508f * deviation;
}

/* Nearly sin(2 pi t), made of two parabolas. */
static float wave(float t)
{
    t -= (float)(int)t;
    if (t < 0)
        t += 1;
    return t < 0.5f ? 16 * t * (0.5f - t) : -16 * (t - 0.5f) * (1 - t);
}

/* ---- the hand ---- */

typedef struct hand {
    float jitter;         /* of a skeleton's points */
    float xx, xy, yx, yy; /* skeleton -> picture, around the center */
    point shift;
    point bend[2], phase; /* waves per pixel, for x and for y */
    float amplitude;
    float radius, pressure; /* of the pen: at the start, and its increase until the end of a stroke */
    float edge;             /* half the width of the soft edge */
    float ink, noise;
    uint32_t specks; /* of 2^16 pixels */
} hand;

static hand draw_hand(draws *d)
{
    hand h = {.jitter = draw(d, 0.2f, 1.0f)};
    float width = draw(d, 0.62f, 1.05f), height = draw(d, 0.78f, 1.05f), slant = draw_bell(d, 0.2f) - 0.12f,
          turn = draw_bell(d, 0.13f);
    float square = turn * turn, sine = turn * (1 - square / 6), cosine = 1 - square / 2 + square * square / 24;
    h.xx = width * cosine;
    h.xy = height * (slant * cosine - sine);
    h.yx = width * sine;
    h.yy = height * (slant * sine + cosine);
    h.shift.x = draw_bell(d, 0.9f) + 13.5f;
    h.shift.y = draw_bell(d, 0.9f) + 13.5f;
    for (int i = 0; i < 2; i++) {
        h.bend[i].x = draw_bell(d, 0.04f);
        h.bend[i].y = draw_bell(d, 0.04f);
    }
    h.phase.x = draw(d, 0, 1);
    h.phase.y = draw(d, 0, 1);
    h.amplitude = draw(d, 0, 1.4f);
    h.radius = draw(d, 0.55f, 1.7f);
    h.pressure = draw_bell(d, 0.25f);
    h.edge = draw(d, 0.45f, 0.8f);
    h.ink = draw(d, 170, 275);
    h.noise = draw(d, 4, 44);
    h.specks = (uint32_t)draw(d, 0, 800);
    return h;
}

static point place(const hand *h, point p)
{
    float x = p.x - 10, y = p.y - 10;
    point at = {h->xx * x + h->xy * y + h->shift.x, h->yx * x + h->yy * y + h->shift.y};
    float right = wave(h->bend[0].x * at.x + h->bend[0].y * at.y + h->phase.x);
    float down = wave(h->bend[1].x * at.x + h->bend[1].y * at.y + h->phase.y);
    return (point){at.x + h->amplitude * right, at.y + h->amplitude * down};
}

/* ---- strokes ---- */

typedef struct stroke {
    int points;
    point at[MOST_POINTS];
    bool corner[MOST_POINTS];
} stroke;

/* Reads up to the end or past the next slash. */
static stroke read_stroke(const char **text, draws *d, float jitter)
{
    stroke s = {0};
    const char *at = *text;
    while (*at && *at != '/') {
        if (*at == ' ') {
            at++;
            continue;
        }
        char base = *at >= 'a' ? 'a' : 'A';
        point *p = &s.at[s.points];
        s.corner[s.points++] = base == 'A';
        p->x = (float)(at[0] - base) + draw_bell(d, jitter);
        p->y = (float)(at[1] - base) + draw_bell(d, jitter);
        at += 2;
    }
    *text = *at ? at + 1 : at;
    return s;
}

static float spline(float a, float b, float c, float d, float t)
{
    return b + 0.5f * t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)));
}

static point along(const stroke *s, int i, float t)
{
    const point *b = &s->at[i], *c = &s->at[i + 1];
    const point *a = i > 0 && !s->corner[i] ? b - 1 : b, *d = i + 2 < s->points && !s->corner[i + 1] ? c + 1 : c;
    return (point){spline(a->x, b->x, c->x, d->x, t), spline(a->y, b->y, c->y, d->y, t)};
}

/* ---- the picture ---- */

static int within(float v)
{
    return v < 0 ? 0 : v > SIDE - 1 ? SIDE - 1 : (int)v;
}

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* Darkens the pixels near a piece of a line: fully within `inner` of it, not at all beyond `outer`. */
static void draw_line(float *picture, point a, point b, float radius, float edge)
{
    float outer = radius + edge, inner = larger(radius - edge, 0), far = outer * outer, scale = 1 / (far - inner * inner);
    float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy, per = length > 1e-6f ? 1 / length : 0;
    int left = within(smaller(a.x, b.x) - outer), right = within(larger(a.x, b.x) + outer + 1);
    int top = within(smaller(a.y, b.y) - outer), bottom = within(larger(a.y, b.y) + outer + 1);
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            float px = (float)x - a.x, py = (float)y - a.y;
            float t = smaller(larger((px * dx + py * dy) * per, 0), 1);
            float ex = px - t * dx, ey = py - t * dy;
            float *ink = &picture[y * SIDE + x];
            *ink = larger(*ink, smaller((far - ex * ex - ey * ey) * scale, 1));
        }
}

static void draw_stroke(float *picture, const stroke *s, const hand *h)
{
    int pieces = (s->points - 1) * STEPS;
    point from = place(h, s->at[0]);
    for (int i = 1; i <= pieces; i++) {
        int span = (i - 1) / STEPS;
        point to = place(h, along(s, span, (float)(i - span * STEPS) / STEPS));
        float radius = h->radius + h->pressure * ((float)i / (float)pieces - 0.5f);
        draw_line(picture, from, to, larger(radius, 0.4f), h->edge);
        from = to;
    }
}

static void develop(uint8_t *image, const float *picture, draws *d, const hand *h)
{
    for (int i = 0; i < PIXELS; i++) {
        uint32_t word = draw_word(d);
        float grain = (float)(int)(word & 0xff) - 127.5f;
        float value = picture[i] * h->ink + grain * h->noise * (1.0f / 128);
        if ((word >> 8 & 0xffff) < h->specks)
            value += (float)(word >> 24);
        image[i] = (uint8_t)smaller(larger(value, 0), 255);
    }
}

static void draw_digit(uint8_t *image, int digit, lng_key key, uint32_t part, uint32_t example)
{
    draws d = {.key = key, .counter = {0, 0, example, part}};
    float picture[PIXELS] = {0};
    const char *text = skeleton[digit][draw_word(&d) % VARIANTS];
    hand h = draw_hand(&d);
    while (*text) {
        stroke s = read_stroke(&text, &d, h.jitter);
        draw_stroke(picture, &s, &h);
    }
    develop(image, picture, &d, &h);
}

/* ---- the set ---- */

/* All classes equally often, in random order. */
static void deal_labels(int32_t *label, int64_t n, lng_key key, uint32_t part)
{
    for (int64_t i = 0; i < n; i++)
        label[i] = (int32_t)(i % CLASSES);
    for (int64_t i = n - 1; i > 0; i--) {
        uint64_t j = lng_random_below(key, part, LNG_NO_EXAMPLE, (uint64_t)i, (uint64_t)i + 1);
        int32_t swap = label[i];
        label[i] = label[j];
        label[j] = swap;
    }
}

typedef struct sheet {
    uint8_t *image;
    const int32_t *label;
    int64_t count;
    lng_key key;
    uint32_t part;
    atomic_llong next;
} sheet;

static void draw_some(void *context, int thread)
{
    sheet *s = context;
    (void)thread;
    for (int64_t first; (first = atomic_fetch_add(&s->next, AT_ONCE)) < s->count;)
        for (int64_t i = first; i < first + AT_ONCE && i < s->count; i++)
            draw_digit(s->image + i * PIXELS, s->label[i], s->key, s->part, (uint32_t)i);
}

static bool draw_part(int part, lng_team *team, lng_array *image, lng_array *label, lng_failure *failure)
{
    lng_key key = lng_random_key(0, lng_hash("digits", 6));
    int64_t count = part == LNG_PART_TEST ? LNG_DIGITS_TEST : LNG_DIGITS_TRAIN;
    if (!lng_array_new(image, count, failure) || !lng_array_new(label, count, failure))
        return false;
    deal_labels(label->at, count, key, (uint32_t)part);
    sheet s = {image->at, label->at, count, key, (uint32_t)part, 0};
    if (team)
        lng_team_run(team, draw_some, &s);
    else
        draw_some(&s, 0);
    return true;
}

bool lng_digits_load(lng_load *load, lng_failure *failure)
{
    static const char *const name[] = {"image", "label"};
    lng_array made[] = {{.type = LNG_ARRAY_U8, .shape = {2, {SIDE, SIDE}}}, {.type = LNG_ARRAY_I32}};
    bool good = draw_part(load->part, load->team, &made[0], &made[1], failure);
    for (size_t i = 0; good && i < load->fields; i++) {
        const int k = strcmp(load->field[i].name, name[1]) == 0;
        if (strcmp(load->field[i].name, name[k]) != 0) {
            good = lng_fail(failure, LNG_E_UNKNOWN_NAME, "the digits have no field `%.60s`; they have image and label",
                            load->field[i].name);
            break;
        }
        load->array[i] = made[k];
        made[k].at = NULL;
    }
    lng_array_free(&made[0]);
    lng_array_free(&made[1]);
    return good;
}
