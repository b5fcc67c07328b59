# One image per service, from the root of the checkout:
#   docker build -f deploy/service.Dockerfile --build-arg SERVICE=payments -t homeward-payments .
# What is not copied cannot be imported: libs and one service, with the packages that this service lists.
FROM python:3.11-slim AS packages
ARG SERVICE
COPY services/${SERVICE}/requirements.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:3.11-slim
ARG SERVICE
RUN useradd --system --uid 10001 --no-create-home homeward \
    && install --directory --owner=homeward /data/objects
COPY --from=packages /venv /venv
WORKDIR /homeward
COPY libs libs
COPY services/${SERVICE} services/${SERVICE}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 SERVICE=${SERVICE} METRICS_HOST=0.0.0.0 METRICS_PORT=9100 OBJECTS_DIR=/data/objects
USER homeward
EXPOSE 9100
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/readyz', timeout=2)"]
CMD ["sh", "-c", "exec python -m libs.chassis.run $SERVICE"]
