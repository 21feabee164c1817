import { definitionOf } from './definition';
import { Greeter } from './gen/weft/greeter/v1/greeter_pb';
import { RagSearchService } from './gen/weft/rag/v1/rag_search_pb';

test('a definition has the path and the kind of each method', () => {
  expect(definitionOf(Greeter)).toMatchObject({
    SayHello: { path: '/weft.greeter.v1.Greeter/SayHello', requestStream: false, responseStream: false },
  });
  const streams = Object.entries(definitionOf(RagSearchService)).map(([name, { requestStream, responseStream }]) => [
    name,
    requestStream,
    responseStream,
  ]);
  expect(streams).toContainEqual(['Ingest', true, false]);
  expect(streams).toContainEqual(['StreamSearch', false, true]);
  expect(streams).toContainEqual(['Search', false, false]);
});
