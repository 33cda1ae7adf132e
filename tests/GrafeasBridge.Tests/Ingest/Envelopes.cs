using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>DSSE envelopes as senders of the Archivista dialect make them.</summary>
internal static class Envelopes
{
    public const string InToto = "application/vnd.in-toto+json";

    /// <summary>The envelopes of real occurrences, with what the occurrence itself says, by the name of their case.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Real { get; } = ReadReal();

    /// <summary>A statement in an envelope, as bytes.</summary>
    public static byte[] Sign(JsonNode statement, string payloadType = InToto) => Bytes(New(Encoding.UTF8.GetBytes(statement.ToJsonString()), payloadType));

    public static JsonObject New(byte[] payload, string payloadType = InToto) => new()
    {
        ["payloadType"] = payloadType,
        ["payload"] = Convert.ToBase64String(payload),
        ["signatures"] = new JsonArray(new JsonObject
        {
            ["keyid"] = "SHA256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
            ["sig"] = Convert.ToBase64String(SHA256.HashData(payload)),
            ["certificate"] = "LS0tLS1CRUdJTg==",
        }),
    };

    public static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    /// <summary>What Tekton Chains writes about an image that a task pushed.</summary>
    public static JsonObject Tekton(string image, string digest) => Statement(
        "https://slsa.dev/provenance/v0.2",
        JsonNode.Parse(
            """
            {
              "builder": { "id": "https://tekton.dev/chains/v2" },
              "buildType": "tekton.dev/v1/TaskRun",
              "invocation": {
                "configSource": {},
                "parameters": { "IMAGE": "web", "CHAINS-GIT_COMMIT": "2ce3f90facdb51aeb950d5bc641e981be61fdf48" },
                "environment": { "labels": { "tekton.dev/task": "kaniko" } }
              },
              "buildConfig": { "steps": [ { "entryPoint": "", "arguments": [ "--push" ], "environment": { "container": "build", "image": "oci://gcr.io/kaniko" }, "annotations": null } ] },
              "metadata": {
                "buildStartedOn": "2024-03-01T10:00:00Z",
                "buildFinishedOn": "2024-03-01T10:04:00Z",
                "completeness": { "parameters": true, "environment": false, "materials": false },
                "reproducible": false
              },
              "materials": [
                { "uri": "git+https://git.example.com/team/web.git", "digest": { "sha1": "2ce3f90facdb51aeb950d5bc641e981be61fdf48" } },
                { "uri": "oci://gcr.io/kaniko", "digest": { "sha256": "d048af25a6f8945fa77e3aa679e49a8f8a8011f0050aab0364034e58f445a434" } }
              ]
            }
            """)!,
        (image, digest));

    /// <summary>What witness writes about a step: a collection of attestations, with subjects of every kind of digest.</summary>
    public static JsonObject Witness(string product, string digest)
    {
        var statement = Statement(
            "https://witness.testifysec.com/attestation-collection/v0.1",
            JsonNode.Parse(
                """
                {
                  "name": "build",
                  "attestations": [
                    { "type": "https://witness.dev/attestations/git/v0.1", "starttime": "2024-03-01T10:00:00.123456789Z", "endtime": "2024-03-01T10:00:01Z",
                      "attestation": { "commithash": "2ce3f90facdb51aeb950d5bc641e981be61fdf48", "status": {}, "parenthashes": [ "aaf98fd77ddc1963c0f34f34c46bd84d7a08c260" ] } },
                    { "type": "https://witness.dev/attestations/command-run/v0.1",
                      "attestation": { "cmd": [ "make" ], "exitcode": 0, "stdout": "ok\n" } },
                    { "type": "https://witness.dev/attestations/product/v0.1",
                      "attestation": { "bin/web": { "mime_type": "application/x-executable" } } }
                  ]
                }
                """)!,
            ("https://witness.dev/attestations/product/v0.1/file:" + product, digest));
        ((JsonArray)statement["subject"]!).Add(new JsonObject
        {
            ["name"] = "https://witness.dev/attestations/git/v0.1/commithash:2ce3f90facdb51aeb950d5bc641e981be61fdf48",
            ["digest"] = new JsonObject { ["sha1"] = "2ce3f90facdb51aeb950d5bc641e981be61fdf48" },
        });
        return statement;
    }

    public static JsonObject Statement(string predicateType, JsonNode predicate, params (string Name, string Sha256)[] subjects) => new()
    {
        ["_type"] = "https://in-toto.io/Statement/v0.1",
        ["predicateType"] = predicateType,
        ["subject"] = new JsonArray([.. subjects.Select(s => new JsonObject { ["name"] = s.Name, ["digest"] = new JsonObject { ["sha256"] = s.Sha256 } })]),
        ["predicate"] = predicate,
    };

    /// <summary>A made-up SHA-256, different for each name.</summary>
    public static string Sha256(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static Dictionary<string, JsonObject> ReadReal() =>
        JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("tests", "conformance", "v1.real.json")))!["cases"]!.AsArray()
            .Select(c => (Id: (string)c!["id"]!, Occurrence: c["steps"]!.AsArray().Select(s => s!["request"]?["occurrence"]).FirstOrDefault(o => o is not null)))
            .Where(c => (string?)c.Occurrence?["envelope"]?["payloadType"] == InToto && c.Occurrence["envelope"]!["payload"] is not null)
            .ToDictionary(c => c.Id["v1.real.".Length..], c => (JsonObject)c.Occurrence!, StringComparer.Ordinal);
}
