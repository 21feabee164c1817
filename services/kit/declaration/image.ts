import type { FaultText } from '../faults/fault';

/** A part of a path: lower case, joined by single dots, one or two underscores, or dashes. */
const PART = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';

/** A host has a dot or a port, or is `localhost`; anything else belongs to the path. */
const HOST = '(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::\\d+)?|[A-Za-z0-9-]+:\\d+|localhost)';

const REPOSITORY = new RegExp(`^(?:${HOST}/)?${PART}(?:/${PART})*$`);

/**
 * True for the name of an image repository, without a tag or digest.
 *
 * @see https://github.com/distribution/reference/blob/main/reference.go
 */
export function isRepository(text: string): boolean {
  return REPOSITORY.test(text) && text.length <= 255;
}

/** The image of a declaration: its version is the release's. */
export function checkImage(image: string): FaultText | undefined {
  if (isRepository(image)) return undefined;
  return {
    message: `"${image}" is not the name of an image repository`,
    fix: 'write it in lower case, without a tag or digest: those are in releases.yaml',
  };
}
