CREATE TABLE publisher_count (
	name VARCHAR(64) NOT NULL, 
	until BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (name, until)
);

CREATE TABLE publisher_request (
	list_id VARCHAR(255) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	email VARCHAR(255) NOT NULL, 
	token VARCHAR(64) NOT NULL, 
	details TEXT NOT NULL, 
	sent BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (list_id, kind, email), 
	UNIQUE (token)
);

