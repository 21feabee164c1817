/** HTML that is safe to put into a page as it is. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Puts HTML together; whatever is no {@link Markup} is text, in elements as in attributes that are quoted. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return { html: String.raw({ raw: strings }, ...parts.map(render)) };
}

function render(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number')
    return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
  return 'html' in part ? part.html : part.map(({ html: each }) => each).join('');
}
