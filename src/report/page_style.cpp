// SPDX-License-Identifier: Apache-2.0
// How the page looks. Text and lines have a contrast of 4.5:1 or more in both colour schemes. Any
// two of the lines' colours are 25 or more apart (CIELAB) to those who see all colours and to those
// who do not see red, green or blue; beside their colours, letters tell them.
#include "sections.hpp"

namespace catdog {

const char* const kPageStyle = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1b; --soft: #555; --grid: #d0d0d0;
  --tint: #eef3f7; --line0: #0072b2; --line1: #b34700; --line2: #740bdf; --line3: #3a0801;
  --line4: #9a6865; --line5: #030034; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #161616; --ink: #ececec;
  --soft: #ababab; --grid: #444; --tint: #262b30; --line0: #56b4e9; --line1: #ff9955;
  --line2: #fbea00; --line3: #8e6eff; --line4: #9f7e72; --line5: #d6fdff; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1, h2, h3, h4 { line-height: 1.2; margin: 2rem 0 .6rem; }
h2 { border-top: 2px solid var(--grid); padding-top: 1.2rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
a { color: var(--line0); }
p, figcaption { max-width: 44rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; overflow-wrap: normal; }
th small, td small { display: block; font-weight: normal; color: var(--soft); }
td, td small { white-space: nowrap; }
caption { text-align: left; font-weight: bold; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0;
  border-bottom: 1px solid var(--grid); font-variant-numeric: tabular-nums; }
.matrix :is(tbody th, th:first-child) { position: sticky; left: 0; background: var(--paper);
  max-width: 40vw; overflow-wrap: break-word; }
thead th { vertical-align: bottom; font-weight: normal; color: var(--soft); }
figure { margin: 1rem 0; }
figcaption { font-size: .9rem; color: var(--soft); margin-top: .3rem; }
.figures { display: grid; gap: 0 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
svg { display: block; width: 100%; max-width: 32rem; height: auto; }
svg text { font-size: 14px; fill: currentColor; }
svg text.small { font-size: 12px; }
svg text.mark { font-weight: bold; font-size: 16px; stroke: var(--paper); stroke-width: 4px;
  paint-order: stroke; }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 2; }
.dashed { stroke-dasharray: 5 4; }
.diagonal { stroke: var(--ink); stroke-dasharray: 2 4; stroke-width: 1.5; }
.bar { fill: var(--line0); fill-opacity: .35; stroke: var(--line0); stroke-width: 1.5; }
.count { fill: var(--soft); }
.key { display: inline-block; width: 1.5rem; height: .3rem; vertical-align: middle;
  margin-right: .4rem; }
.gallery { list-style: none; padding: 0; display: grid; gap: .8rem;
  grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
.gallery figure { margin: 0; }
.gallery img { display: block; max-width: 100%; }
.none { width: 9rem; max-width: 100%; aspect-ratio: 1; margin: 0; display: grid;
  place-items: center; background: var(--tint); color: var(--soft); }
img { max-width: 100%; height: auto; }
pre { white-space: pre-wrap; }
pre, code { background: var(--tint); }
pre { padding: .6rem; }
summary { cursor: pointer; }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  figure, table, .gallery li { break-inside: avoid; }
  h1, h2, h3, h4, h2 + p, h3 + p, h4 + p, caption { break-after: avoid; }
  nav, figcaption details { display: none; }
  details::details-content { display: block; content-visibility: visible; }
  .gallery { grid-template-columns: repeat(6, 1fr); font-size: .8em; }
  .figures { grid-template-columns: 1fr 1fr; }
  .wide { overflow: visible; }
  .key, .bar, .count, pre, code { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace catdog
