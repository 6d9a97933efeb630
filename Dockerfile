# One image for every process of Luochui; docker-compose.yml says which command each one runs.
FROM python:3.11-slim-bookworm AS packages
COPY requirements/runtime.txt /tmp/runtime.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/runtime.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/luochui luochui \
    && install --directory --owner luochui --group luochui /data \
    && install --directory --owner luochui --group luochui --mode 700 /run/keys
COPY --from=packages /opt/venv /opt/venv
COPY --chown=root:root . /srv/luochui
WORKDIR /srv/luochui
# The processes cannot write here: what is not compiled now, each of them compiles at every start.
RUN /opt/venv/bin/python -m compileall -q .
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER luochui
EXPOSE 8000
CMD ["python", "manage.py", "web", "--host", "0.0.0.0", "--port", "8000"]
