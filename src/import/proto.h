/* Reading Protocol Buffers: a message is bytes, taken apart field by field. Nothing is copied, and no byte is trusted. */
#ifndef LNG_IMPORT_PROTO_H
#define LNG_IMPORT_PROTO_H
#include <stdbool.h>
#include <stdint.h>

typedef struct lng_proto {
    const unsigned char *at, *end;
} lng_proto;

typedef enum { LNG_WIRE_VARINT = 0, LNG_WIRE_64 = 1, LNG_WIRE_BYTES = 2, LNG_WIRE_32 = 5 } lng_wire;
typedef struct lng_proto_field {
    uint64_t number;
    lng_wire wire;
    uint64_t value; /* of a varint, or the bits of a number of fixed size */
    lng_proto part; /* of bytes */
} lng_proto_field;

typedef enum { LNG_PROTO_END, LNG_PROTO_FIELD, LNG_PROTO_BROKEN } lng_proto_step;
lng_proto_step lng_proto_next(lng_proto *, lng_proto_field *); /* broken: the message stands where it is */
bool lng_proto_varint(lng_proto *, uint64_t *);                /* false: broken */
uint64_t lng_proto_fixed(const unsigned char *at, int bytes);  /* little-endian */

#endif
