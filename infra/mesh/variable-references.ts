/**
 * Replaces references to variables, `$(NAME)`, as the kubelet does in `env`, `command` and `args`: of a variable that is
 * not known the reference stays, and `$$` is a dollar sign.
 *
 * It works on bytes as the kubelet does, which breaks a character beyond ASCII that follows a dollar sign.
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

/** Writes a text so that {@link expandReferences} gives it back, whatever variables there are. */
export function escapeReferences(text: string): string {
  return text.replace(/\$(?=[$(]|[^\x00-\x7f])/g, '$$$$');
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
