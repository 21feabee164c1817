// Makes GET requests by way of the ingress until standard input ends, and prints how often each outcome came: the
// status, with the reason where there is one, or the error.
// get.cjs <address> <host> <path>
const { Agent, get } = require('node:http');

const [address, host, path] = process.argv.slice(1);
const AT_ONCE = 4;
/** Ends a forgotten load. */
const MOST = 200_000;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const outcomes = {};
let left = MOST;
process.stdin.resume().once('end', () => (left = 0));

function outcomeOfGet() {
  return new Promise((resolve) => {
    const sent = get(`${address}${path}`, { agent, headers: { host }, timeout: 10_000 }, async (reply) => {
      let body = '';
      for await (const chunk of reply) body += chunk;
      resolve(reply.statusCode === 200 ? '200' : `${reply.statusCode} ${reasonIn(body)}`);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer in ten seconds')));
    sent.once('error', (error) => resolve(error.message));
  });
}

/** A problem's reason; a proxy answers with a sentence. */
function reasonIn(body) {
  try {
    return JSON.parse(body).reason;
  } catch {
    return body;
  }
}

async function work() {
  while (left-- > 0) {
    const outcome = await outcomeOfGet();
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
}

Promise.all(Array.from({ length: AT_ONCE }, work)).then(() => {
  console.log(JSON.stringify(outcomes));
  process.exit();
});
