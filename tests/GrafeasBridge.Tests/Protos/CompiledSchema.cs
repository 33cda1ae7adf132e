using System.Globalization;
using System.Reflection;
using Google.Api;
using Google.Protobuf.Reflection;
using Grafeas.V1;

namespace GrafeasBridge.Tests.Protos;

/// <summary>Reads the descriptors that the service was compiled with, in the words of the facts.</summary>
internal static class CompiledSchema
{
    /// <summary>Every file of one version (v1, v1beta1) that is in the service's assembly, imported by another or not.</summary>
    public static IReadOnlyList<FileDescriptor> Files(string version) =>
    [
        .. from type in typeof(Occurrence).Assembly.GetTypes()
           where type.Name.EndsWith("Reflection", StringComparison.Ordinal)
           let descriptor = type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as FileDescriptor
           where descriptor?.Name.StartsWith($"grafeas/{version}/", StringComparison.Ordinal) ?? false
           orderby descriptor.Name
           select descriptor,
    ];

    public static Schema Read(IEnumerable<FileDescriptor> files)
    {
        var schema = new Schema();
        foreach (var file in files)
        {
            AddFile(schema, file);
            foreach (var message in file.MessageTypes)
                AddMessage(schema, message);
            foreach (var @enum in file.EnumTypes)
                AddEnum(schema, @enum);
            foreach (var service in file.Services)
                AddService(schema, service);
        }

        return schema;
    }

    private static void AddFile(Schema schema, FileDescriptor file)
    {
        var proto = file.ToProto();
        var options = file.GetOptions();
        var properties = schema.Add(file.Name, "file");
        properties["package"] = file.Package;
        properties["syntax"] = proto.Syntax;
        FactsReader.Put(properties, "imports", proto.Dependency);
        FactsReader.Put(properties, "public_imports", file.PublicDependencies.Select(dependency => dependency.Name));
        properties["options.go_package"] = options.GoPackage;
        properties["options.java_package"] = options.JavaPackage;
        properties["options.java_multiple_files"] = Word(options.JavaMultipleFiles);
        properties["options.objc_class_prefix"] = options.ObjcClassPrefix;
    }

    private static void AddMessage(Schema schema, MessageDescriptor message)
    {
        var properties = schema.Add(message.FullName, "message");
        properties["file"] = message.File.Name;
        foreach (var oneof in message.Oneofs.Where(oneof => !oneof.IsSynthetic))
            FactsReader.Put(properties, $"oneofs.{oneof.Name}", oneof.Fields.Select(field => field.Name));
        if (message.GetOptions()?.GetExtension(ResourceExtensions.Resource) is { } resource)
            AddResource(properties, resource);
        foreach (var field in message.Fields.InDeclarationOrder())
            CompiledField.Add(schema, field);
        foreach (var @enum in message.EnumTypes)
            AddEnum(schema, @enum);
        foreach (var nested in message.NestedTypes.Where(nested => !nested.IsMapEntry))
            AddMessage(schema, nested);
    }

    private static void AddResource(SortedDictionary<string, string> properties, ResourceDescriptor resource)
    {
        properties["resource.type"] = resource.Type;
        FactsReader.Put(properties, "resource.pattern", resource.Pattern);
    }

    private static void AddEnum(Schema schema, EnumDescriptor @enum)
    {
        var properties = schema.Add(@enum.FullName, "enum");
        properties["file"] = @enum.File.Name;
        if (@enum.GetOptions() is { AllowAlias: true })
            properties["allow_alias"] = Word(true);
        foreach (var value in @enum.Values)
            schema.Add($"{@enum.FullName}.{value.Name}", "value")["number"] = value.Number.ToString(CultureInfo.InvariantCulture);
    }

    private static void AddService(Schema schema, ServiceDescriptor service)
    {
        schema.Add(service.FullName, "service")["file"] = service.File.Name;
        foreach (var method in service.Methods)
        {
            var properties = schema.Add(method.FullName, "method");
            properties["grpc_path"] = $"/{service.FullName}/{method.Name}";
            properties["request"] = method.InputType.FullName;
            properties["response"] = method.OutputType.FullName;
            properties["client_streaming"] = Word(method.IsClientStreaming);
            properties["server_streaming"] = Word(method.IsServerStreaming);
            FactsReader.Put(properties, "method_signatures", method.GetOptions()?.GetExtension(ClientExtensions.MethodSignature) ?? []);
            if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule)
                AddRule(properties, "http", rule);
        }
    }

    private static void AddRule(SortedDictionary<string, string> properties, string prefix, HttpRule rule)
    {
        (properties[$"{prefix}.method"], properties[$"{prefix}.path"]) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => ("GET", rule.Get),
            HttpRule.PatternOneofCase.Put => ("PUT", rule.Put),
            HttpRule.PatternOneofCase.Post => ("POST", rule.Post),
            HttpRule.PatternOneofCase.Delete => ("DELETE", rule.Delete),
            HttpRule.PatternOneofCase.Patch => ("PATCH", rule.Patch),
            HttpRule.PatternOneofCase.Custom => (rule.Custom.Kind, rule.Custom.Path),
            _ => ("none", "none"),
        };
        if (rule.Body.Length > 0)
            properties[$"{prefix}.body"] = rule.Body;
        if (rule.ResponseBody.Length > 0)
            properties[$"{prefix}.response_body"] = rule.ResponseBody;
        for (var i = 0; i < rule.AdditionalBindings.Count; i++)
            AddRule(properties, $"{prefix}.additional_bindings[{i}]", rule.AdditionalBindings[i]);
    }

    private static string Word(bool value) => value ? "true" : "false";
}
