// SPDX-License-Identifier: Apache-2.0
// The loops behind pooled_gradient_kernels.hpp, written once for every kind of processor. Included
// by one file for each, which says by a class `Processor` what a vector is:
//
//   Number, Gradient        types of the input and weight, and of the gradient: float or bf16's
//   bits Vector                  of floats; kLanes of them kBlock, kVectors        numbers read at
//   a time, and how many vectors of sums they go to kRegisters              vectors that a loop may
//   keep Factor                  the type of the latter value, factor           a gradient as a
//   float, and ready to multiply zero, load, store, add  vectors add_products<n>(sums, numbers,
//   factor)   sums += factor × n ≤ kBlock numbers round(sums, numbers)    a block's sums → kBlock
//   numbers place(i)                where in its block's sums the number i of a block is
//   live(gradient, n), equal(which, place, n)   bits of n = 32 or 64 filters: not 0; equal
#pragma once

#include "pooled_gradient_kernels.hpp"

namespace catdog::pooled_gradient {
namespace {

#define CATDOG_INLINE inline __attribute__((always_inline))

template <int kValue>
struct Constant {
  constexpr operator int() const { return kValue; }
};

// body(0), body(1), … body(kCount - 1), written out: the indices are constants, so that arrays of
// vectors become registers.
template <int kCount, class Body>
CATDOG_INLINE void unroll(const Body& body) {
  if constexpr (kCount > 0) {
    unroll<kCount - 1>(body);
    body(Constant<kCount - 1>());
  }
}

CATDOG_INLINE int take_first(uint64_t& mask) {
  const int first = __builtin_ctzll(mask);
  mask &= mask - 1;
  return first;
}

// rows[i] bit j ↔ rows[j] bit i. Warren, Hacker's Delight (2nd ed., 2012), section 7-3.
void transpose(uint64_t (&rows)[kSpan]) {
  uint64_t mask = 0x00000000ffffffff;
  for (int width = kSpan / 2; width != 0; width /= 2, mask ^= mask << width) {
    for (int i = 0; i < kSpan; i = ((i | width) + 1) & ~width) {
      const uint64_t swapped = ((rows[i] >> width) ^ rows[i | width]) & mask;
      rows[i | width] ^= swapped;
      rows[i] ^= swapped << width;
    }
  }
}

// A kernel's three rows, each of 3 × channels numbers that lie side by side as they do in a row of
// the input. kNumbers of them at a time, in kRows rows, go to registers.
template <class Processor, int kNumbers, int kRows>
struct Piece {
  using Number = typename Processor::Number;
  using Gradient = typename Processor::Gradient;
  using Vector = typename Processor::Vector;
  using Factor = typename Processor::Factor;

  static constexpr int kBlocks = (kNumbers + Processor::kBlock - 1) / Processor::kBlock;
  static constexpr int kVectorsOfRow = kBlocks * Processor::kVectors;
  static constexpr int kVectors = kRows * kVectorsOfRow;
  static constexpr int kSums = kVectors * Processor::kLanes;
  static_assert(kVectors <= Processor::kRegisters);

  // sums += factor × the numbers
  static CATDOG_INLINE void add_products(Vector* sums, const Number* numbers, int64_t pitch,
                                         Factor factor) {
    unroll<kRows>([&](auto row) __attribute__((always_inline)) {
      const Number* const of_row = numbers + row * pitch;
      unroll<kBlocks>([&](auto block) __attribute__((always_inline)) {
        constexpr int kLeft = kNumbers - block * Processor::kBlock;
        Processor::template add_products<(kLeft < Processor::kBlock ? kLeft : Processor::kBlock)>(
            sums + row * kVectorsOfRow + block * Processor::kVectors,
            of_row + block * Processor::kBlock, factor);
      });
    });
  }

  // One filter, one span of windows.
  static void add_weight_gradient(const Layout& layout, const int64_t* corners, const Number* input,
                                  const Gradient* gradient, const int8_t* which, uint64_t live,
                                  float* sums) {
    Vector registers[kVectors];
    unroll<kVectors>([&](auto i) __attribute__((always_inline)) {
      registers[i] = Processor::load(sums + i * Processor::kLanes);
    });
    while (live != 0) {
      const int64_t window = take_first(live), at = window * layout.filters;
      add_products(registers, input + corners[window] + layout.places[which[at]], layout.pitch,
                   Processor::factor(gradient[at]));
    }
    unroll<kVectors>([&](auto i) __attribute__((always_inline)) {
      Processor::store(sums + i * Processor::kLanes, registers[i]);
    });
  }

  // All windows, one group of at most 64 filters.
  static void add_input_gradient(const Layout& layout, const Number* weight,
                                 const Gradient* gradient, const int8_t* which, int filters,
                                 float* sums) {
    const int64_t weight_pitch = kSide * layout.channels, of_filter = kSide * weight_pitch;
    for (int64_t window = 0; window < layout.windows; ++window) {
      const uint64_t live = Processor::live(gradient, filters);
      for (int place = 0; place < 4; ++place) {
        uint64_t mask = live & Processor::equal(which, place, filters);
        if (mask == 0) continue;
        Vector registers[kVectors];
        unroll<kVectors>([&](auto i)
                             __attribute__((always_inline)) { registers[i] = Processor::zero(); });
        do {
          const int64_t filter = take_first(mask);
          add_products(registers, weight + filter * of_filter, weight_pitch,
                       Processor::factor(gradient[filter]));
        } while (mask != 0);
        float* const at = sums + layout.corners[window] + layout.places[place];
        unroll<kVectors>([&](auto i) __attribute__((always_inline)) {
          float* const to =
              at + i / kVectorsOfRow * layout.pitch + i % kVectorsOfRow * Processor::kLanes;
          Processor::store(to, Processor::add(Processor::load(to), registers[i]));
        });
      }
      gradient += layout.filters;
      which += layout.filters;
    }
  }
};

template <class Processor>
void survey(const Layout& layout, const typename Processor::Gradient* gradient, const int8_t* which,
            uint64_t* live, float* bias) {
  for (int64_t filter = 0; filter < layout.filters; ++filter) bias[filter] = 0;
  for (int64_t window = 0; window < layout.windows; ++window) {
    const int64_t at = window * layout.filters;
    for (int64_t filter = 0; filter < layout.filters; ++filter) {
      const float value = Processor::value(gradient[at + filter]);
      bias[filter] += which[at + filter] < kNobody ? value : 0;
    }
  }
  for (int64_t span = 0; span < layout.spans; ++span) {
    for (int64_t group = 0; group < layout.filters; group += kSpan) {
      const int64_t left = layout.filters - group;
      const int filters = left < kSpan ? static_cast<int>(left) : kSpan;
      uint64_t rows[kSpan];
      for (int i = 0; i < kSpan; ++i) {
        const int64_t window = span * kSpan + i, at = window * layout.filters + group;
        rows[i] = window < layout.windows ? Processor::live(gradient + at, filters) &
                                                ~Processor::equal(which + at, kNobody, filters)
                                          : 0;
      }
      transpose(rows);
      for (int i = 0; i < filters; ++i) live[span * layout.filters + group + i] = rows[i];
    }
  }
}

// How the kernel of a layer with many channels is cut into pieces: for_each calls use(a Piece, its
// row, the numbers before it in that row).
template <class Processor>
struct ChannelPieces {
  static int64_t sums_of_row(int64_t channels) { return kSide * channels; }

  template <class Use>
  static CATDOG_INLINE void for_each(int64_t channels, const Use& use) {
    constexpr int kUnit = kSide * kChannelUnit;
    constexpr int kMost = Processor::kRegisters / Piece<Processor, kUnit, 1>::kVectors;
    if constexpr (kMost >= kSide) {
      if (channels == kChannelUnit) return use(Piece<Processor, kUnit, kSide>(), 0, 0);
    }
    const int64_t numbers = kSide * channels;
    for (int row = 0; row < kSide; ++row) {
      int64_t done = 0;
      if constexpr (kMost >= 4) {
        for (; numbers - done >= 4 * kUnit; done += 4 * kUnit) {
          use(Piece<Processor, 4 * kUnit, 1>(), row, done);
        }
      }
      if constexpr (kMost >= 2) {
        for (; numbers - done >= 2 * kUnit; done += 2 * kUnit) {
          use(Piece<Processor, 2 * kUnit, 1>(), row, done);
        }
      }
      for (; done < numbers; done += kUnit) use(Piece<Processor, kUnit, 1>(), row, done);
    }
  }
};

// The same for the first layer, whose three channels are the picture's colours.
template <class Processor>
struct ColourPieces {
  using Whole = Piece<Processor, kSide * kColours, kSide>;

  static int64_t sums_of_row(int64_t /*channels*/) { return Whole::kSums / kSide; }

  template <class Use>
  static CATDOG_INLINE void for_each(int64_t /*channels*/, const Use& use) {
    use(Whole(), 0, 0);
  }
};

template <class Processor, template <class> class Pieces>
int64_t weight_sums(int64_t channels) {
  return kSide * Pieces<Processor>::sums_of_row(channels);
}

template <class Processor, template <class> class Pieces>
void add_weight_gradient(const Layout& layout, const typename Processor::Number* input,
                         const typename Processor::Gradient* gradient, const int8_t* which,
                         const uint64_t* live, int64_t begin, int64_t end, float* sums) {
  const int64_t of_row = Pieces<Processor>::sums_of_row(layout.channels);
  for (int64_t span = 0; span < layout.spans; ++span) {
    const int64_t first = span * kSpan;
    for (int64_t filter = begin; filter < end; ++filter) {
      const int64_t at = first * layout.filters + filter;
      Pieces<Processor>::for_each(layout.channels, [&](auto piece, int row, int64_t done) {
        piece.add_weight_gradient(layout, layout.corners + first, input + row * layout.pitch + done,
                                  gradient + at, which + at, live[span * layout.filters + filter],
                                  sums + (filter * kSide + row) * of_row + done);
      });
    }
  }
}

template <class Processor, template <class> class Pieces>
void read_weight_sums(int64_t channels, const float* sums, float* weight_gradient) {
  constexpr int kBlock = Processor::kBlock;
  for (int row = 0; row < kSide; ++row) {
    for (int64_t i = 0; i < kSide * channels; ++i) {
      *weight_gradient++ = sums[i / kBlock * kBlock + Processor::place(i % kBlock)];
    }
    sums += Pieces<Processor>::sums_of_row(channels);
  }
}

template <class Processor>
void input_gradient(const Layout& layout, const typename Processor::Number* weight,
                    const typename Processor::Gradient* gradient, const int8_t* which, float* sums,
                    typename Processor::Number* out) {
  for (int64_t i = 0; i < layout.numbers; ++i) sums[i] = 0;
  for (int64_t group = 0; group < layout.filters; group += kSpan) {
    const int64_t left = layout.filters - group;
    const int filters = left < kSpan ? static_cast<int>(left) : kSpan;
    const auto* const of_group = weight + group * kSide * kSide * layout.channels;
    ChannelPieces<Processor>::for_each(layout.channels, [&](auto piece, int row, int64_t done) {
      piece.add_input_gradient(layout, of_group + row * kSide * layout.channels + done,
                               gradient + group, which + group, filters,
                               sums + row * layout.pitch + done);
    });
  }
  for (int64_t i = 0; i < layout.numbers; i += Processor::kBlock) {
    Processor::round(sums + i, out + i);
  }
}

template <class Processor>
constexpr Kernels<typename Processor::Number, typename Processor::Gradient> kChannelKernels = {
    .survey = survey<Processor>,
    .add_weight_gradient = add_weight_gradient<Processor, ChannelPieces>,
    .weight_sums = weight_sums<Processor, ChannelPieces>,
    .read_weight_sums = read_weight_sums<Processor, ChannelPieces>,
    .input_gradient = input_gradient<Processor>,
};

template <class Processor>
constexpr Kernels<typename Processor::Number, typename Processor::Gradient> kColourKernels = {
    .survey = survey<Processor>,
    .add_weight_gradient = add_weight_gradient<Processor, ColourPieces>,
    .weight_sums = weight_sums<Processor, ColourPieces>,
    .read_weight_sums = read_weight_sums<Processor, ColourPieces>,
    .input_gradient = nullptr,
};

}  // namespace
}  // namespace catdog::pooled_gradient
