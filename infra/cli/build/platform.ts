import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** The folder of Weft itself, with `infra` in it: the root of its repository, or `lib` of the installed package. */
export const PLATFORM = __dirname.slice(0, __dirname.lastIndexOf(`${sep}infra${sep}`));

/** The folder of Weft's package.json. */
export const PACKAGE = existsSync(join(PLATFORM, 'package.json')) ? PLATFORM : dirname(PLATFORM);
