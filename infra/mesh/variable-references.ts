/**
 * Replaces references to variables, `$(NAME)`, as the kubelet does in `env`, `command` and `args`: a reference to an
 * unknown variable stays, and `$$` is a dollar sign.
 *
 * Like the kubelet it works on bytes, which breaks a non-ASCII character after a dollar sign.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go
 */
export function expandReferences(text: string, valueOf: (name: string) => string | undefined): string {
  const expanded = bytesOf(text).replace(
    /\$(?:(\$)|\(([^)]*)\)|([\x80-\xff]))/g,
    (reference, dollar?: string, name?: string, byte = '') => {
      if (name === undefined) return dollar ?? `$${bytesOf(byte as string)}`;
      const value = valueOf(textOf(name));
      return value === undefined ? reference : bytesOf(value);
    },
  );
  return textOf(expanded);
}

/** Escapes a text: {@link expandReferences} then returns it unchanged for any variables. */
export function escapeReferences(text: string): string {
  return text.replace(/\$(?=[$(]|[^\x00-\x7f])/g, '$$$$');
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
