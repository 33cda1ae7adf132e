# The Bintray emulator alone: non-root, nothing written outside /data and /tmp.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /build
COPY . .
RUN dotnet publish src/BintrayEmulator/BintrayEmulator.csproj -c Release -o /out/emulator -p:UseAppHost=false \
 && mkdir /out/data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /out/emulator ./
COPY --from=build --chown=$APP_UID:$APP_UID /out/data /data
USER $APP_UID
ENV Emulator__Listen=http://0.0.0.0:8082 \
    Emulator__Path=/data/emulator.db \
    DOTNET_EnableDiagnostics=0
EXPOSE 8082
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "BintrayEmulator.dll"]
