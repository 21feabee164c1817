import { create } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { contractsSource } from './contracts-source';
import { RagSearchService, UserInfoService } from './gen/contracts';

function setOf(...services: [file: string, pkg: string, name: string][]): FileDescriptorSet {
  const file = services.map(([name, pkg, service]) =>
    create(FileDescriptorProtoSchema, { name, package: pkg, service: [{ name: service }] }),
  );
  return create(FileDescriptorSetSchema, { file });
}

describe('a contract', () => {
  test('has its methods in lowerCamelCase, with their options', () => {
    expect(UserInfoService.fullName).toBe('weft.user.v1.UserInfoService');
    expect(UserInfoService.methods.updateUserInfo).toMatchObject({
      path: '/weft.user.v1.UserInfoService/UpdateUserInfo',
      options: { idempotency_level: 'IDEMPOTENT', '(google.api.http)': { patch: '/v1/users/{user_id}', body: '*' } },
    });
  });

  test('knows which methods stream', () => {
    const streams = Object.entries(RagSearchService.methods).map(([name, { requestStream, responseStream }]) => [
      name,
      requestStream,
      responseStream,
    ]);
    expect(streams).toContainEqual(['ingest', true, false]);
    expect(streams).toContainEqual(['streamSearch', false, true]);
    expect(streams).toContainEqual(['search', false, false]);
  });
});

describe('the source of contracts', () => {
  test('exports a constant for every service of ours', () => {
    const set = setOf(['weft/a/v1/a.proto', 'weft.a.v1', 'AService'], ['google/b.proto', 'google', 'Other']);
    const source = contractsSource(set, (file) => file.startsWith('weft/'));
    expect(source).toContain(
      "export const AService = contract<MethodsOf<AServiceDefinition, AServiceHandlers>>('weft.a.v1.AService');",
    );
    expect(source).not.toContain('Other');
  });

  test('tells later versions apart', () => {
    const set = setOf(['a.proto', 'weft.a.v1', 'AService'], ['b.proto', 'weft.a.v2', 'AService']);
    const source = contractsSource(set, () => true);
    expect(source).toContain('export const AService = ');
    expect(source).toContain('export const AServiceV2 = ');
  });

  test('refuses two services that would have one constant', () => {
    const set = setOf(['a.proto', 'weft.a.v1', 'Clock'], ['b.proto', 'weft.b.v1', 'Clock']);
    expect(() => contractsSource(set, () => true)).toThrow('weft.a.v1.Clock and weft.b.v1.Clock would both be');
  });
});
