# One image for both programs. The gateway is the default command:
#   docker run -p 8080:8080 -e PROTOGATE_PROTO=greeting/greeting.proto -e PROTOGATE_PROTO_PATH=proto \
#     -e PROTOGATE_UPSTREAM=host:50051 protogate
# A service of the mesh is chosen by SERVICE_NAME: docker run -e SERVICE_NAME="Service A" protogate node services/main.ts
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The base image is the Node to run on; nothing else that the programs need has an install script.
RUN npm ci --omit=dev --ignore-scripts

FROM node:24.21.0-slim
ENV NODE_ENV=production \
    PROTOGATE_LISTEN=0.0.0.0:8080 \
    DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY proto ./proto
COPY gateway ./gateway
COPY services ./services
# What the services store; everything else may be mounted read-only.
RUN mkdir /data && chown 1000:1000 /data
# The user "node", by number so that Kubernetes can tell that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 8080 50051
CMD ["node", "--min-semi-space-size=8", "--max-semi-space-size=8", "gateway/main.js"]
