import { generate } from '../../proto/generate';
generate(process.cwd()).then(console.log, (e) => { console.error(e.message); process.exitCode = 1; });
