using System.Reflection;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GrafeasBridge.Api;

/// <summary>
/// Finds the methods of a gRPC service as the library does, but reads their messages so that bytes which are no message are
/// the caller's fault: INVALID_ARGUMENT. The library answers UNKNOWN and logs an error, for anyone who sends rubbish.
/// </summary>
internal sealed class StrictMethods<TService> : IServiceMethodProvider<TService>
    where TService : class
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        BindServiceMethodAttribute? bind = null;
        for (var type = typeof(TService); type is not null && bind is null; type = type.BaseType)
            bind = type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false);
        if (bind is null)
            throw new InvalidOperationException($"{typeof(TService)} is no gRPC service.");
        var binder = bind.BindType.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Single(method => method.Name == bind.BindMethodName && method.GetParameters() is [{ } first, _] && first.ParameterType == typeof(ServiceBinderBase));
        binder.Invoke(null, [new Binder(context), null]);
    }

    private sealed class Binder(ServiceMethodProviderContext<TService> context) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            var code = Find(method.Name, typeof(TRequest), typeof(ServerCallContext));
            context.AddUnaryMethod(Strict(method), Metadata(code), code.CreateDelegate<UnaryServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var code = Find(method.Name, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            context.AddServerStreamingMethod(
                Strict(method), Metadata(code), code.CreateDelegate<ServerStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var code = Find(method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
            context.AddClientStreamingMethod(
                Strict(method), Metadata(code), code.CreateDelegate<ClientStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var code = Find(
                method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            context.AddDuplexStreamingMethod(
                Strict(method), Metadata(code), code.CreateDelegate<DuplexStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        private static MethodInfo Find(string name, params Type[] parameters) =>
            typeof(TService).GetMethod(name, BindingFlags.Instance | BindingFlags.Public, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method {name}.");

        private static List<object> Metadata(MethodInfo code) =>
            [.. typeof(TService).GetCustomAttributes(inherit: true), .. code.GetCustomAttributes(inherit: true), new HttpMethodMetadata([HttpMethods.Post])];

        private static Method<TRequest, TResponse> Strict<TRequest, TResponse>(Method<TRequest, TResponse> method) =>
            new(method.Type, method.ServiceName, method.Name, StrictMessages.Over(method.RequestMarshaller), method.ResponseMarshaller);
    }
}

/// <summary>Reading of messages that refuses instead of failing.</summary>
internal static class StrictMessages
{
    /// <summary>Puts <see cref="StrictMethods{TService}"/> in the place of the library's own way to find methods.</summary>
    public static IServiceCollection AddStrictMethods(this IServiceCollection services)
    {
        var own = services.Single(service =>
            service.ServiceType == typeof(IServiceMethodProvider<>) && service.ImplementationType!.Name.StartsWith("BinderServiceMethodProvider", StringComparison.Ordinal));
        services.Remove(own);
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IServiceMethodProvider<>), typeof(StrictMethods<>)));
        return services;
    }

    public static Marshaller<T> Over<T>(Marshaller<T> marshaller) => new(
        marshaller.ContextualSerializer,
        context =>
        {
            try
            {
                return marshaller.ContextualDeserializer(context);
            }
            catch (InvalidProtocolBufferException wrong)
            {
                throw Errors.Invalid(string.Empty, $"The bytes sent are no {typeof(T).Name} that can be read, or nest more than 100 levels deep: {wrong.Message}");
            }
        });
}
