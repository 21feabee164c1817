/** Why a text cannot be the value of a variable or the name of something in a manifest, or nothing. */
export function textFault(text: string): string | undefined {
  if (/\p{Surrogate}/u.test(text))
    return 'has half of a surrogate pair, which UTF-8 cannot hold; write the whole character, for example \\u{1f600}';
  if (text.includes('\0')) return 'has the character NUL, at which a program would stop reading it; remove it';
  return undefined;
}
