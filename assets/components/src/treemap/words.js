// What is said of a node, for eyes and for ears.

import { formatCount } from "../shared/wire.js";

export const percent = (share) => {
  const value = 100 * share;
  return `${value > 0 && value < 1 ? "< 1" : value < 100 && value > 99 ? "> 99" : Math.round(value)} %`;
};

const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const rules = new Intl.PluralRules("en", { type: "ordinal" });
export const ordinal = (k) => `${k}${ENDINGS[rules.select(k)]}`;
export const samples = (count) => `${formatCount(count)} ${count === 1 ? "sample" : "samples"}`;

/** `facts`: { count, hidden, label, purity, accuracy, selected, value, medoid }; unknown ones are null. */
export function spoken(facts, place, of) {
  const parts = [facts.count === 1 ? "one sample" : `cluster of ${samples(facts.count)}`];
  if (facts.label !== null) parts.push(facts.count === 1 ? facts.label : `${facts.purity !== null && facts.purity < 0.5 ? "mixed, most often" : "mostly"} ${facts.label}${facts.purity === null ? "" : ` (${percent(facts.purity)})`}`);
  if (facts.accuracy !== null) parts.push(`accuracy ${percent(facts.accuracy)}`);
  if (facts.value) parts.push(facts.value);
  if (facts.hidden) parts.push(`${formatCount(facts.hidden)} hidden`);
  if (facts.selected) parts.push(`${formatCount(facts.selected)} selected`);
  if (of > 1) parts.push(`${ordinal(place)} of ${of}`);
  return parts.join(", ");
}

/** The count as it stands in a strip: of how many where some are hidden. */
export const counted = ({ count, hidden }) => (hidden ? `${formatCount(count - hidden)} of ${formatCount(count)}` : formatCount(count));
