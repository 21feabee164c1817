/** A part of a path: lower case, with single dots, one or two underscores or any number of dashes between. */
const PART = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';

/** A host, which has a dot or a port, or is `localhost`: what else comes first is a part of the path. */
const HOST = '(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::\\d+)?|[A-Za-z0-9-]+:\\d+|localhost)';

const REPOSITORY = new RegExp(`^(?:${HOST}/)?${PART}(?:/${PART})*$`);

/**
 * Whether a text names a repository of images, without tag and digest.
 *
 * @see https://github.com/distribution/reference/blob/main/reference.go
 */
export function isRepository(text: string): boolean {
  return REPOSITORY.test(text) && text.length <= 255;
}
