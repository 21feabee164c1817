/** What the page does in a browser: it sends a form as a request, and shows the answer as it comes. */
export const SCRIPT = String.raw`'use strict';
const common = document.getElementById('common');

for (const input of common.elements) {
  input.value = sessionStorage.getItem(input.name) ?? '';
  input.addEventListener('input', () => sessionStorage.setItem(input.name, input.value));
}
common.addEventListener('submit', (event) => event.preventDefault());

for (const form of document.querySelectorAll('form.try')) {
  let stop = new AbortController();
  const output = form.querySelector('output');
  const stopButton = form.querySelector('.stop');
  stopButton.addEventListener('click', () => stop.abort());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    stop.abort();
    const mine = (stop = new AbortController());
    stopButton.disabled = false;
    output.hidden = false;
    output.className = '';
    output.textContent = '…';
    try {
      await show(await send(form, mine.signal), output);
    } catch (error) {
      output.textContent += '\n' + (mine.signal.aborted ? 'stopped' : error);
    }
    if (mine === stop) stopButton.disabled = true;
  });
}

function send(form, signal) {
  const headers = new Headers();
  for (const { name, value } of common.elements) if (value) headers.set(name, value);
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const { dataset, name, value } of form.elements) {
    if (dataset.in === 'path') path = path.replace('{' + name + '}', encodeURIComponent(value));
    if (dataset.in === 'query' && value) for (const each of entries(name, value)) query.append(...each);
    if (dataset.in === 'header' && value) headers.set(name, value);
  }
  const body = form.querySelector('textarea');
  if (body) headers.set('content-type', body.dataset.type);
  const url = query.size > 0 ? path + '?' + query : path;
  return fetch(url, { method: form.dataset.verb, headers, body: body?.value, signal });
}

/** Of a map, key=value pairs separated by commas; of anything else the value, which may be a list. */
function entries(name, value) {
  if (name.endsWith('.<key>'))
    return value.split(',').map((pair) => [name.replace('<key>', pair.split('=')[0].trim()), pair.split('=').slice(1).join('=')]);
  return [[name, value]];
}

async function show(response, output) {
  output.className = response.ok ? 'ok' : 'failed';
  output.textContent = response.status + ' ' + response.statusText + '\n';
  for (const [name, value] of response.headers) output.textContent += name + ': ' + value + '\n';
  output.textContent += '\n';
  if (/json$|json;/.test(response.headers.get('content-type') ?? '') && !/ndjson/.test(response.headers.get('content-type')))
    return void (output.textContent += JSON.stringify(await response.json(), undefined, 2));
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader.read()) {
    output.textContent += decoder.decode(next.value, { stream: true });
    output.scrollTop = output.scrollHeight;
  }
}

/** A link into a route opens it. */
function open() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.tagName === 'DETAILS') target.open = true;
}
addEventListener('hashchange', open);
open();
`;
