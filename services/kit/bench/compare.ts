/** What came of one variant, a figure a round. */
export type Results = Map<string, number[]>;

/**
 * Measures variants in turn, round after round: only what ran in the same round is compared, so that what else the
 * machine does touches all of them alike. The first round warms up and does not count.
 */
export async function inTurn(
  variants: readonly string[],
  rounds: number,
  measure: (variant: string) => Promise<number>,
): Promise<Results> {
  const results: Results = new Map(variants.map((variant) => [variant, []]));
  for (let round = 0; round <= rounds; round += 1)
    for (const variant of variants) {
      const figure = await measure(variant);
      if (round > 0) results.get(variant)?.push(figure);
    }
  return results;
}

/** The median of a variant's figures, and of its ratios to another's of the same round. */
export function summary(results: Results, variant: string, base: string): { figure: number; ratio: number } {
  const figures = results.get(variant) ?? [];
  const ratios = figures.map((figure, round) => figure / (results.get(base)?.[round] ?? NaN));
  return { figure: median(figures), ratio: median(ratios) };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
