import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProtoProject, protoProject } from './testing/project';
import { generate } from './generate';

let project: ProtoProject | undefined;

afterEach(() => {
  project?.remove();
  project = undefined;
});

/** Generates a project that has these files below `proto/`. @returns a function that reads one of those generated */
async function generated(files: Record<string, string>): Promise<(file: string) => string> {
  project = protoProject(files);
  const { root } = project;
  await generate(root);
  return (file) => readFileSync(join(root, 'proto/gen', file), 'utf8');
}

const header = (pkg: string): string => `syntax = "proto3";\npackage ${pkg};\n`;
const CLOCK = `${header('acme.clock.v1')}service Clock { rpc Tell(Time) returns (Time); }\nmessage Time { int64 at = 1; }\n`;

test('what was generated from the same contracts and tools is left as it is', async () => {
  project = protoProject({ 'acme/clock/v1/clock.proto': CLOCK });
  const { root, write } = project;
  expect([await generate(root), await generate(root)]).toEqual([true, false]);
  write('proto/acme/clock/v1/clock.proto', CLOCK.replace('int64 at', 'int64 now'));
  expect(await generate(root)).toBe(true);
  write('proto/buf.gen.yaml', readFileSync(join(root, 'proto/buf.gen.yaml'), 'utf8').replace('none', 'js'));
  expect(await generate(root)).toBe(true);
});

describe('contracts of other teams are generated as they are:', () => {
  test('options of their own, lists and messages in options, and what Google has in google.api and google.rpc', async () => {
    const read = await generated({
      'acme/options.proto': `${header('acme')}
        import "google/protobuf/descriptor.proto";
        message Owner { string team = 1; repeated string people = 2; }
        extend google.protobuf.FieldOptions { Owner owner = 50001; }
        extend google.protobuf.MethodOptions { repeated Owner owners = 50002; }`,
      'acme/files/v1/files.proto': `${header('acme.files.v1')}
        import "acme/options.proto";
        import "buf/validate/validate.proto";
        import "google/api/annotations.proto";
        import "google/api/field_behavior.proto";
        import "google/api/httpbody.proto";
        import "google/rpc/status.proto";
        service Files {
          rpc Read(ReadRequest) returns (google.api.HttpBody) {
            option (acme.owners) = { team: "a" people: ["x", "y"] };
            option (google.api.http) = {
              get: "/v1/files/{name}"
              additional_bindings: [{get: "/v2/files/{name}"}, {get: "/v3/files/{name}" response_body: "data"}]
            };
          }
        }
        message ReadRequest {
          string name = 1 [(google.api.field_behavior) = REQUIRED, (acme.owner).team = "b", (buf.validate.field) = {
            cel: [{id: "a" message: "a" expression: "this != 'a'"}, {id: "b" message: "b" expression: "this != 'b'"}]
          }];
          google.rpc.Status status = 2;
        }`,
    });
    expect(read('acme/files/v1/files_pb.ts')).toContain('export const Files: GenService<');
  });

  test('editions and proto2, with groups and defaults', async () => {
    const read = await generated({
      'acme/old.proto':
        'syntax = "proto2";\npackage acme;\nmessage Old { required string id = 1; optional int32 size = 2 [default = 3];' +
        ' repeated group Part = 3 { optional string text = 1; } }\nservice OldService { rpc Get(Old) returns (Old); }\n',
      'acme/new.proto':
        'edition = "2023";\npackage acme;\nimport "acme/old.proto";\nmessage New { string id = 1; ' +
        'Old old = 2 [features.message_encoding = DELIMITED]; }\nservice NewService { rpc Get(New) returns (New); }\n',
    });
    expect(read('acme/new_pb.ts')).toContain('old?: Old | undefined;');
  });
});

/** What generation says of these files. */
function faultOf(files: Record<string, string>): Promise<string> {
  return generated(files).then(
    () => 'nothing',
    (error: Error) => error.message,
  );
}

test('all that is wrong with contracts is told at once, with file and line', async () => {
  const message = await faultOf({
    'bug.proto': 'syntax = "proto3";\nservice BugService {}\n',
    'acme/v1/rules.proto': `${header('acme.v1')}import "buf/validate/validate.proto";\nmessage Rules {\n  string a = 1 [(buf.validate.field).string.pattern = "("];\n}\n`,
    'acme/v1/twins.proto': `${header('acme.v1')}service Twins {\n  rpc Get(M) returns (M);\n  rpc get(M) returns (M);\n}\nmessage M {}\n`,
    'acme/v1/promise.proto': `${header('acme.v1')}import "acme/v1/twins.proto";\nservice Promise {\n  rpc Then(M) returns (M);\n  rpc __proto__(M) returns (M);\n}\n`,
  });
  expect(message.split('\n  ')).toEqual([
    'the contracts are wrong:',
    'proto/acme/v1/promise.proto:5: Promise.Then would make a client look like a promise; rename it',
    'proto/acme/v1/promise.proto:6: Promise.__proto__ cannot be the name of a function; rename it',
    'proto/acme/v1/twins.proto:5: Twins.get and Get are both get in code; rename one',
    'proto/bug.proto:1: has no package; add one, such as package acme.orders.v1;',
    'proto/acme/v1/rules.proto:5: the rules of acme.v1.Rules.a: error parsing regexp: missing closing ): `(`',
  ]);
});

test('a file that buf leaves out is named', async () => {
  project = protoProject({ 'acme/clock/v1/clock.proto': CLOCK });
  project.write('buf.yaml', 'version: v2\nmodules:\n  - path: proto\n    excludes: [proto/acme]\n');
  await expect(generate(project.root)).rejects.toThrow(
    'proto/acme/clock/v1/clock.proto: is in no module of buf.yaml; add it to one, or remove the file',
  );
});

test('a contract that is wrong replaces nothing', async () => {
  const read = await generated({ 'acme/clock/v1/clock.proto': CLOCK });
  const before = read('acme/clock/v1/clock_pb.ts');
  project?.write('proto/acme/clock/v1/clock.proto', CLOCK.replace('package acme.clock.v1;', ''));
  await expect(generate(project?.root ?? '')).rejects.toThrow('proto/acme/clock/v1/clock.proto:1: has no package');
  expect(read('acme/clock/v1/clock_pb.ts')).toBe(before);
});

test('a contract that is wrong is told in the words of buf', async () => {
  const message = await faultOf({ 'acme/v1/a.proto': `${header('acme.v1')}message M { Nothing n = 1; }\n` });
  expect(message).toContain('acme/v1/a.proto:3:13:');
});

test('rules of google.api.http that cannot be routed are told all at once, by file, line, method and rule', async () => {
  project = protoProject({
    'acme/shelf/v1/shelf.proto': `${header('acme.shelf.v1')}
import "google/api/annotations.proto";
service Shelves {
  rpc Get(Shelf) returns (Shelf) {
    // The request has neither of these.
    option (google.api.http) = {post: "/v1/shelves/{shelf_id}" body: "update"};
  }
  rpc List(Shelf) returns (Shelf) { option (google.api.http) = {get: "/v1/{name=shelves/*}/{"}; }
  rpc Fine(Shelf) returns (Shelf) { option (google.api.http) = {get: "/v1/{name=shelves/*}"}; }
}
message Shelf { string name = 1; }`,
  });
  const place = 'proto/acme/shelf/v1/shelf.proto';
  const failed = generate(project.root).catch((error: Error) => error.message);
  expect(await failed).toBe(
    `the contracts are wrong:
  ${place}:8: google.api.http of acme.shelf.v1.Shelves.Get: post: "/v1/shelves/{shelf_id}": the path sets shelf_id, but acme.shelf.v1.Shelf has no field shelf_id: it has name
  ${place}:8: google.api.http of acme.shelf.v1.Shelves.Get: post: "/v1/shelves/{shelf_id}": the body is update, but acme.shelf.v1.Shelf has no field update: it has name
  ${place}:10: google.api.http of acme.shelf.v1.Shelves.List: get: "/v1/{name=shelves/*}/{": the path "/v1/{name=shelves/*}/{" cannot be routed: character 22: close this "{" with "}"`,
  );
});
