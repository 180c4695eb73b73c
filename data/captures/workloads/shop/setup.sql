-- A small shop, without any extension: 50,000 customers, 8,000 products, 300,000 orders with their lines.
SELECT setseed(0.5);
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, credit numeric(12, 2) NOT NULL);
INSERT INTO customers SELECT i, 'customer ' || i, 1000 FROM generate_series(1, 50000) AS i;
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price numeric(8, 2) NOT NULL, tags text[] NOT NULL);
INSERT INTO products
SELECT i, 'product ' || i, 1 + i % 500, ARRAY['t' || i % 40, 'u' || i % 300, 'v' || i % 7] FROM generate_series(1, 8000) AS i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer int NOT NULL, placed timestamptz NOT NULL);
INSERT INTO orders (customer, placed)
SELECT 1 + floor(50000 * random() ^ 2)::int, timestamptz '2026-01-01' + i * interval '1 min' FROM generate_series(1, 300000) AS i;
CREATE TABLE lines (order_id bigint NOT NULL, product int NOT NULL, pieces int NOT NULL);
INSERT INTO lines SELECT o.id, 1 + floor(8000 * random())::int, 1 + floor(4 * random())::int FROM orders AS o, generate_series(1, 3);
CREATE INDEX orders_customer ON orders (customer, placed DESC);
CREATE INDEX lines_order ON lines (order_id);
CREATE INDEX products_tags ON products USING gin (tags);
VACUUM ANALYZE;
