// Speaks gRPC by the repository's own protos: proto JSON goes in, a code name and proto JSON come out.
const fs = require('node:fs');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protobuf = require('protobufjs');
const { fromProto3JSON, toProto3JSON } = require('proto3-json-serializer');

const own = path.join(__dirname, '..', '..', '..', 'protos');
const googles = path.join(__dirname, 'node_modules', 'google-gax', 'build', 'protos');

const codeNames = Object.fromEntries(
  Object.entries(grpc.status).filter(([, code]) => typeof code === 'number').map(([name, code]) => [code, name]));

function loadProtos() {
  const root = new protobuf.Root();
  root.resolvePath = (_, wanted) => [own, googles].map(folder => path.join(folder, wanted)).find(fs.existsSync) ?? wanted;
  root.loadSync(fs.readdirSync(own, { recursive: true }).filter(file => file.endsWith('.proto')).sort());
  renameFields(root);
  root.resolveAll();
  return root;
}

// The libraries know no json_name, so a field takes it as its name.
function renameFields(namespace) {
  for (const field of namespace.fieldsArray ?? []) {
    const wanted = field.options?.json_name;
    if (!wanted || wanted === field.name) continue;
    namespace.remove(field);
    field.name = wanted;
    namespace.add(field);
    namespace._ctor = null; // Made with the old name of a list.
  }

  for (const nested of namespace.nestedArray ?? []) renameFields(nested);
}

// A type that nobody here knows: its JSON is {"value": base64}, and its bytes stay what they are.
function defineOpaque(root, name) {
  const type = new protobuf.Type(name.split('.').pop()).add(new protobuf.Field('value', 1, 'bytes'));
  root.define(name.split('.').slice(0, -1).join('.')).add(type);
  type.setup();
  type.encode = message => ({ finish: () => message.value });
  type.decode = bytes => type.create({ value: bytes });
}

// Converts, defining each unknown type that an Any turns out to hold.
function converting(root, convert) {
  for (;;) {
    try {
      return convert();
    } catch (error) {
      const unknown = /cannot find type ([\w.]+)/.exec(error.message)?.[1];
      if (!unknown) throw error;
      defineOpaque(root, unknown);
    }
  }
}

const isSpecial = type => type.fullName.startsWith('.google.protobuf.');

// Proto JSON may also name a field as the proto does, which the serializer does not take.
function inCamelCase(type, json) {
  if (isSpecial(type) || json === null || typeof json !== 'object') return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => {
    const field = type.fields[key] ?? type.fields[protobuf.util.camelCase(key)];
    const inner = field?.resolve().resolvedType;
    if (!(inner instanceof protobuf.Type) || value === null) return [field?.name ?? key, value];
    if (field.repeated) return [field.name, value.map(item => inCamelCase(inner, item))];
    if (field.map) return [field.name, Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inCamelCase(inner, v)]))];
    return [field.name, inCamelCase(inner, value)];
  }));
}

// The serializer shows maps and lists that are not there as empty ones; proto JSON leaves them out.
function withoutDefaults(message, json) {
  for (const field of message?.$type?.fieldsArray ?? []) {
    const value = json?.[field.name];
    if (value === undefined || value === null) continue;
    if ((field.map || field.repeated) && Object.keys(value).length === 0) delete json[field.name];
    else if (field.map || field.repeated) Object.keys(value).forEach(key => withoutDefaults(message[field.name][key], value[key]));
    else if (typeof value === 'object') withoutDefaults(message[field.name], value);
  }

  return json;
}

class Wire {
  constructor(address) {
    this.root = loadProtos();
    this.client = new grpc.Client(address, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': 64 << 20 });
  }

  // 'grafeas.v1.Grafeas/GetNote' -> the method; throws when no proto describes it.
  method(rpc) {
    const [service, name] = rpc.split('/');
    const found = this.root.lookupService(service).methods[name];
    if (!found) throw new Error(`${service} has no method ${name}`);
    return found.resolve();
  }

  call(rpc, json, deadlineMs = 20_000) {
    const { resolvedRequestType: input, resolvedResponseType: output } = this.method(rpc);
    const request = converting(this.root, () => fromProto3JSON(input, inCamelCase(input, json)));
    const show = message => converting(this.root, () => (isSpecial(output) ? {} : withoutDefaults(message, toProto3JSON(message))));
    return new Promise((resolve, reject) => this.client.makeUnaryRequest(
      `/${rpc}`,
      message => Buffer.from(input.encode(message).finish()),
      bytes => output.decode(bytes),
      request,
      new grpc.Metadata(),
      { deadline: Date.now() + deadlineMs },
      (error, answer) => {
        if (error) return resolve({ code: codeNames[error.code], detail: error.details });
        try {
          return resolve({ code: 'OK', detail: '', answer: show(answer) });
        } catch (wrong) {
          return reject(wrong);
        }
      },
    ));
  }

  close() {
    this.client.close();
  }
}

module.exports = { Wire };
