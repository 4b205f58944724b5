#ifndef LNG_KERNEL_VMATH_H
#define LNG_KERNEL_VMATH_H
#endif
