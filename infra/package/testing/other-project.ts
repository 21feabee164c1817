import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../../..');
const run = promisify(execFile);

/** Without what npm tells the scripts that it runs, such as jest here. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name))),
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
};

/** A project outside of this repository, with the package installed. */
export interface OtherProject {
  readonly root: string;
  write(file: string, text: string): void;
  read(file: string): string;
  /** Runs `weft` there, and returns what it prints. */
  weft(...args: string[]): Promise<string>;
  /** Runs a program of Node there, and returns what it prints. */
  node(...args: string[]): Promise<string>;
  remove(): void;
}

/** Packs this repository, and installs the package into an empty folder. */
export async function otherProject(): Promise<OtherProject> {
  const root = mkdtempSync(join(tmpdir(), 'weft-other-'));
  const { stdout } = await npm(ROOT, 'pack', '--pack-destination', root);
  const tarball = basename(stdout.trim().split('\n').at(-1) ?? '');
  writeManifests(root, tarball);
  await install(root);
  const node = async (...args: string[]): Promise<string> => {
    const output = await run(process.execPath, args, { cwd: root, env: ENVIRONMENT });
    return output.stdout;
  };
  return {
    root,
    write: (file, text) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    },
    read: (file) => readFileSync(join(root, file), 'utf8'),
    weft: (...args) => node('node_modules/.bin/weft', ...args),
    node,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function npm(cwd: string, ...args: string[]) {
  return run('npm', [...args, '--loglevel=error'], { cwd, env: ENVIRONMENT, maxBuffer: 1 << 24 });
}

interface Lock {
  packages: Record<string, { dev?: boolean } & Record<string, unknown>>;
}

/**
 * A lock file with what this repository's has, so that npm asks no registry for versions, and finds in its cache what
 * `npm ci` has put there.
 */
function writeManifests(root: string, tarball: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const { '': own, ...installed } = packages;
  const { version, dependencies, bin, engines } = own ?? {};
  const manifest = { name: 'shop', version: '1.0.0', dependencies: { 'weft-mesh': `file:${tarball}` } };
  const lock = {
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': manifest,
      ...Object.fromEntries(Object.entries(installed).filter(([, { dev }]) => !dev)),
      'node_modules/weft-mesh': { version, resolved: `file:${tarball}`, dependencies, bin, engines },
    },
  };
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
}

async function install(root: string): Promise<void> {
  await npm(root, 'ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=0').catch(
    (error: { stderr?: string; message: string }) => {
      throw new Error(
        'npm could neither find all packages in its cache nor fetch them; npm ci in this repository fills the cache\n' +
          (error.stderr ?? error.message),
      );
    },
  );
}
