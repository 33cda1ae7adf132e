using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Tests.Mapping;

/// <summary>Well-formed occurrences of every shape, from texts that mean something to the mapping and texts that do not.</summary>
internal sealed class RandomOccurrences(int seed)
{
    public const string Secret = "hunter2";

    private static readonly string[] Texts =
    [
        "", " ", "x", "latest", "1.4.0", "BRANCH_NAME", "refs/heads/main", "🙂é", "a/b/../c", "{0}", "sha256:foo", "key",
        "acme-docker-images.bintray.io/team/web:1.4.0", "acme-docker-images.bintray.io/team/web", "https://acme-docker-images.bintray.io/team/web:2.0",
        "acme-docker-images.bintray.io/team/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "us-docker.pkg.dev/acme/images/web:1", "gcr.io/acme/web@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "https://dl.bintray.com/acme/generic/pkg/1.0/x.tgz", "https://bintray.com/acme/generic/pkg/_latest", "registry.example.com/x@sha256:cc",
        "pkg:docker/team/web@1.0?repository_url=acme-docker-images.bintray.io", "pkg:generic/x", "pkg:", "pkg:a/%ZZ@%", "pkg:oci/a@sha256%3Aaa?tag=1",
        $"https://u:{Secret}@ci.example.com/1?token={Secret}", $"git+https://u:{Secret}@github.com/acme/web@refs/heads/main",
        "https://github.com/acme/web/commit/0f3a5c6b7d8e9f00112233445566778899aabbcc", "0f3a5c6b7d8e9f00112233445566778899aabbcc",
        "9c11d255-0469-4a6a-b7d0-d510c6697c54", "https://ci.example.com/builds/9c11d255-0469-4a6a-b7d0-d510c6697c54", "build-1", "build-2",
        new('y', 3000), ":", "@", "//", "https://", "a@b@c:d", "%00%", "\u0000",
    ];

    private readonly Random random = new(seed);

    public List<Occurrence> List(int most)
    {
        var list = new List<Occurrence>();
        for (var i = random.Next(most); i >= 0; i--)
        {
            var occurrence = One();
            occurrence.Name = $"projects/p{random.Next(2)}/occurrences/{i:d4}";
            list.Add(occurrence);
        }

        return list;
    }

    /// <summary>Every second one tells a build; the kind mostly is that of the details, as the server sees to it.</summary>
    public Occurrence One()
    {
        var occurrence = (Occurrence)Filled(Occurrence.Descriptor, 0);
        if (random.Next(2) == 0)
            occurrence.Build = (BuildOccurrence)Filled(BuildOccurrence.Descriptor, 1);
        if (random.Next(8) != 0)
            occurrence.Kind = NoteKind.Unspecified;
        return occurrence;
    }

    public void Shuffle<T>(List<T> list) => random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));

    private IMessage Filled(MessageDescriptor type, int depth)
    {
        if (type.FullName == Timestamp.Descriptor.FullName)
            return random.Next(10) == 0 ? new Timestamp { Seconds = long.MinValue, Nanos = -5 } : new Timestamp { Seconds = random.Next(5), Nanos = random.Next(3) };
        if (type.FullName == Any.Descriptor.FullName)
            return random.Next(3) == 0 ? new Any { TypeUrl = "t/google.protobuf.Struct", Value = ByteString.CopyFrom(9, 9, 9) } : Any.Pack(Fields(depth));
        if (type.FullName == Struct.Descriptor.FullName)
            return Fields(depth);
        if (type.FullName == Value.Descriptor.FullName)
            return OneValue(depth);

        var message = type.Parser.ParseFrom(ByteString.Empty);
        var chosen = type.Oneofs.Select(oneof => oneof.Fields[random.Next(oneof.Fields.Count)]).ToHashSet();
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => f.ContainingOneof is null || chosen.Contains(f)))
        {
            if (random.Next(4) != 0 && depth < 7)
                Fill(message, field, depth);
        }

        return message;
    }

    private void Fill(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            foreach (var key in new[] { "sha256", "sha1", "gitCommit", "x" }.Where(_ => random.Next(2) == 0))
                map[key] = OneOf(field.MessageType.FindFieldByNumber(2), depth);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var i = random.Next(4); i > 0; i--)
                list.Add(OneOf(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, OneOf(field, depth));
        }
    }

    private object OneOf(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Texts[random.Next(Texts.Length)],
        FieldType.Bytes => ByteString.CopyFrom((byte)random.Next(256)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Int32 => random.Next(),
        FieldType.Int64 => random.NextInt64(),
        FieldType.Float => random.NextSingle(),
        FieldType.Double => random.NextDouble(),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, random.Next(8)),
        FieldType.Message => Filled(field.MessageType, depth + 1),
        _ => throw new InvalidOperationException($"{field.FullName} has type {field.FieldType}, of which no value is made."),
    };

    private Struct Fields(int depth)
    {
        var fields = new Struct();
        foreach (var key in new[] { "substitutions", "systemSubstitutions", "BRANCH_NAME", "workflow", "repository", "ref", "path" }.Where(_ => random.Next(2) == 0))
            fields.Fields[key] = OneValue(depth);
        return fields;
    }

    private Value OneValue(int depth) => random.Next(depth > 5 ? 4 : 6) switch
    {
        0 => Value.ForNull(),
        1 => Value.ForNumber(random.Next(2) == 0 ? double.NaN : random.NextDouble()),
        2 => Value.ForBool(true),
        3 => Value.ForString(Texts[random.Next(Texts.Length)]),
        4 => Value.ForStruct(Fields(depth + 1)),
        _ => Value.ForList(OneValue(depth + 1)),
    };
}
