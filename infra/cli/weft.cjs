#!/usr/bin/env node
// The `weft` command. In Weft's repository it bundles main.ts in memory, so that no built copy goes stale (60 ms); the
// npm package has the bundle.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Module = require('node:module');
const { buildSync, formatMessagesSync } = require('esbuild');

function bundle(file) {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    // Only for the names of files in stack traces.
    outfile: file.replace(/\.ts$/, '.cjs'),
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

function load(file, text) {
  // The name makes the bundle's require() resolve packages from here.
  const loaded = new Module(file.replace(/\.ts$/, '.cjs'), null);
  loaded.filename = loaded.id;
  loaded.paths = Module._nodeModulePaths(__dirname);
  loaded._compile(text, loaded.filename);
  return loaded.exports;
}

/** The commands import generated code, which a fresh clone does not have yet. */
async function bundleCommands(file) {
  try {
    return bundle(file);
  } catch (error) {
    if (!error.errors?.some(({ text }) => text.includes('proto/gen/'))) throw error;
    const generator = join(__dirname, '../../proto/generate.ts');
    await load(generator, bundle(generator)).generate(join(__dirname, '../..'));
    return bundle(file);
  }
}

function runFromSource(main) {
  process.setSourceMapsEnabled(true);
  bundleCommands(main).then(
    (text) => load(main, text),
    (error) => {
      const messages = error.errors && formatMessagesSync(error.errors, { kind: 'error', color: process.stderr.isTTY });
      process.stderr.write(messages ? messages.join('') : `weft: ${error.message}\n`);
      process.exit(1);
    },
  );
}

const source = join(__dirname, 'main.ts');
if (existsSync(source)) runFromSource(source);
else require('../../lib/infra/cli/main.js');
