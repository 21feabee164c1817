import Negotiator from 'negotiator';

/**
 * The language that somebody likes best of those there are; the first where none of them is liked.
 *
 * @param accepted an Accept-Language header, for example `zh-CN, en;q=0.5`
 * @param available BCP 47 tags; `zh` is also meant by who asks for `zh-CN`
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function chooseLanguage<L extends string>(accepted: string, available: readonly [L, ...L[]]): L {
  return likedLanguage(accepted, available) ?? available[0];
}

/** The same, and nothing where none of them is liked. */
export function likedLanguage<L extends string>(accepted: string, available: readonly L[]): L | undefined {
  const [best] = new Negotiator({ headers: { 'accept-language': accepted } }).languages([...available]);
  return best as L | undefined;
}
