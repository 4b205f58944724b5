/* Reading Protocol Buffers (proto.h). */
#include "import/proto.h"

bool lng_proto_varint(lng_proto *m, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; m->at < m->end && shift < 64; shift += 7) {
        const unsigned char byte = *m->at++;
        *value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return shift < 63 || byte < 2;
    }
    return false;
}

uint64_t lng_proto_fixed(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

static bool take(lng_proto *m, uint64_t n, lng_proto *part)
{
    if (n > (uint64_t)(m->end - m->at))
        return false;
    *part = (lng_proto){m->at, m->at + n};
    m->at += n;
    return true;
}

static bool read_field(lng_proto *m, lng_proto_field *f)
{
    uint64_t tag;
    if (!lng_proto_varint(m, &tag))
        return false;
    *f = (lng_proto_field){.number = tag >> 3, .wire = (lng_wire)(tag & 7)};
    switch (tag & 7) {
    case LNG_WIRE_VARINT:
        return lng_proto_varint(m, &f->value);
    case LNG_WIRE_BYTES:
        return lng_proto_varint(m, &f->value) && take(m, f->value, &f->part);
    case LNG_WIRE_32:
    case LNG_WIRE_64: {
        const int n = (tag & 7) == LNG_WIRE_32 ? 4 : 8;
        if (!take(m, (uint64_t)n, &f->part))
            return false;
        f->value = lng_proto_fixed(f->part.at, n);
        return true;
    }
    default: /* groups, which no one writes any more */
        return false;
    }
}

lng_proto_step lng_proto_next(lng_proto *m, lng_proto_field *f)
{
    const lng_proto before = *m;
    if (m->at == m->end)
        return LNG_PROTO_END;
    if (read_field(m, f) && f->number > 0)
        return LNG_PROTO_FIELD;
    *m = before;
    return LNG_PROTO_BROKEN;
}
