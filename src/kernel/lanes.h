/* Sixteen lanes: the vector type that all fast kernels are written in, at three levels with the same bits.
 * AVX-512: one register; AVX2: two; baseline: an array, with an exact software fused multiply-add. */
#ifndef LNG_KERNEL_LANES_H
#define LNG_KERNEL_LANES_H
#endif
