#!/usr/bin/env node
// The `weft` command: bundles main.ts in memory and runs it, so that there is no built copy to go stale (60 ms).
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Module = require('node:module');
const { buildSync } = require('esbuild');

const root = join(__dirname, '../..');

/** Bundles a file and runs it. @returns what it exports */
function load(file) {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    // Only for the names of files in stack traces.
    outfile: join(__dirname, 'main.cjs'),
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  process.setSourceMapsEnabled(true);
  // The name makes the bundle's require() resolve packages from here.
  const main = new Module(join(__dirname, 'main.cjs'), null);
  main.filename = main.id;
  main.paths = Module._nodeModulePaths(__dirname);
  main._compile(outputFiles[0].text, main.filename);
  return main.exports;
}

/** The commands themselves need what is generated. */
async function generateFirst() {
  if (!existsSync(join(root, 'proto/gen/stamp'))) await load(join(root, 'proto/generate.ts')).generate(root);
}

generateFirst().then(
  () => load(join(__dirname, 'main.ts')),
  (error) => {
    process.stderr.write(`weft: ${error.message}\n`);
    process.exit(1);
  },
);
